package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread pushes two links while another takes the one below them off the stack.
 */
@JCStressTest
@State
@Outcome(id = "1, 32", expect = Expect.ACCEPTABLE, desc = "It was at the top.")
@Outcome(id = "0, 321", expect = Expect.ACCEPTABLE, desc = "It was not at the top any more.")
public class PushAgainstPop extends NewLinksRace {

	@Actor
	public void first() {
		push(1);
		push(2);
	}

	@Actor
	public void second(II_Result r) {
		r.r1 = pop(0) ? 1 : 0;
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = popAll();
	}

}
