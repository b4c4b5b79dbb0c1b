package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread pushes two links while another takes all off the stack: each link is taken
 * once.
 */
@JCStressTest
@State
@Outcome(id = "1, 32", expect = Expect.ACCEPTABLE, desc = "Taken before both.")
@Outcome(id = "21, 3", expect = Expect.ACCEPTABLE, desc = "Taken between the two.")
@Outcome(id = "321, 0", expect = Expect.ACCEPTABLE, desc = "Taken after both.")
public class PushAgainstPopAll extends NewLinksRace {

	@Actor
	public void first() {
		push(1);
		push(2);
	}

	@Actor
	public void second(II_Result r) {
		r.r1 = popAll();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = popAll();
	}

}
