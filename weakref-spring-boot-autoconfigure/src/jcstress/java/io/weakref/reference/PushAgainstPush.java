package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads push a link each onto one stack: both are there.
 */
@JCStressTest
@State
@Outcome(id = "231", expect = Expect.ACCEPTABLE, desc = "The second thread was first.")
@Outcome(id = "321", expect = Expect.ACCEPTABLE, desc = "The first thread was first.")
public class PushAgainstPush extends NewLinksRace {

	@Actor
	public void first() {
		push(1);
	}

	@Actor
	public void second() {
		push(2);
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = popAll();
	}

}
