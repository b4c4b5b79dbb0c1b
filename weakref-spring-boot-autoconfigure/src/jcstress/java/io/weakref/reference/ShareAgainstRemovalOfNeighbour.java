package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An object is shared again while the dead node before it is removed, which moves its node:
 * always the same reference.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The same reference.")
public class ShareAgainstRemovalOfNeighbour extends SharedReferenceRace {

	public ShareAgainstRemovalOfNeighbour() {
		fill();
		this.shared[1].clear();
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = isShared(4);
	}

	@Actor
	public void second(II_Result r) {
		this.shared[1] = share(1);
		r.r2 = isShared(3);
	}

}
