package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A mutant of {@link UseAgainstLettingGo}: it does not look whether the value was used since
 * its mark was read.
 */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The value is held.")
@Outcome(id = "0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The value is not held, though it was just used.")
public class UseAgainstLettingGoBlindly extends HoldRace {

	@Actor
	public void user() {
		use();
	}

	@Actor
	public void drainThread() {
		letGoBlindly();
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = isHeld();
	}

}
