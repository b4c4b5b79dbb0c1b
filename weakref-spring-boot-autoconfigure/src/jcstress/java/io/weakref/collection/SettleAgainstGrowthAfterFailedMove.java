package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads finish a resize in which another thread has failed, and one of them makes
 * the table grow again: every entry stays, and the table has the array of the latest
 * resize.
 */
@JCStressTest
@State
@Outcome(id = "24, 64", expect = Expect.ACCEPTABLE, desc = "Every entry found and counted, and the table grew twice.")
public class SettleAgainstGrowthAfterFailedMove extends Race {

	public SettleAgainstGrowthAfterFailedMove() {
		put(0);
		fill();
		beginMoveAndFail();
	}

	@Actor
	public void first() {
		settle();
		growAgain();
	}

	@Actor
	public void second() {
		settle();
	}

	@Arbiter
	public void after(II_Result r) {
		// If the other thread was still moving, the table grows only now.
		putAnother();
		r.r1 = (get() == 0 && this.table.liveCount() == size()) ? size() : MISS;
		r.r2 = this.table.bins();
	}

}
