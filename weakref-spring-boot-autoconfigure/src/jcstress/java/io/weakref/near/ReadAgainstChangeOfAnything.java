package io.weakref.near;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader while every key may change.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "The lease was lost, or the value removed.")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Read after the change.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The value that was read before the change stays.")
public class ReadAgainstChangeOfAnything extends LeaseRace {

	@Actor
	public void reader() {
		read();
	}

	@Actor
	public void writer() {
		changeAnything();
	}

	@Arbiter
	public void afterwards(I_Result r) {
		r.r1 = stored();
	}

}
