package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A mutant of {@link PinAgainstUnpin}: it clears the pin after the release rather than
 * before, and so clears the pin of the next holder.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Held and pinned.")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Held but not pinned: the next garbage collection clears it.")
public class PinAgainstLateUnpin extends LockRace {

	@Actor
	public void first() {
		acquire();
	}

	@Actor
	public void second() {
		if (this.lock.tryLock()) {
			this.lock.unlock();
			unpin();
		}
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = held();
		r.r2 = pinned();
	}

}
