package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * An object is shared again while its segment grows: always the same reference.
 */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The same reference.")
public class ShareAgainstGrowthOfSegment extends SharedReferenceRace {

	public ShareAgainstGrowthOfSegment() {
		fill();
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = isShared(4);
	}

	@Actor
	public void second() {
		grow();
	}

}
