package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A value is used while the drain thread is about to let go of it: it is held afterwards,
 * whichever thread comes first.
 */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The value is held.")
public class UseAgainstLettingGo extends HoldRace {

	@Actor
	public void user() {
		use();
	}

	@Actor
	public void drainThread() {
		letGo();
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = isHeld();
	}

}
