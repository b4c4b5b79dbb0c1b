package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread acquires a lock while another thread releases it: a held lock is pinned.
 * {@link PinAgainstLateUnpin} shows that the order matters.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Held and pinned.")
public class PinAgainstUnpin extends LockRace {

	@Actor
	public void first() {
		acquire();
	}

	@Actor
	public void second() {
		acquireAndRelease();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = held();
		r.r2 = pinned();
	}

}
