package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads share two objects that belong to the same slot: none is lost.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Both references are found again.")
public class ShareAgainstShareOfNeighbour extends SharedReferenceRace {

	public ShareAgainstShareOfNeighbour() {
		this.shared[0] = share(0);
	}

	@Actor
	public void first() {
		this.shared[1] = share(1);
	}

	@Actor
	public void second() {
		this.shared[2] = share(2);
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = isShared(1);
		r.r2 = isShared(2);
	}

}
