package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A walk while nodes are being ordered: it returns every node that was there throughout.
 */
@JCStressTest
@State
@Outcome(id = "10", expect = Expect.ACCEPTABLE, desc = "Without the new node.")
@Outcome(id = "11", expect = Expect.ACCEPTABLE, desc = "With the new node.")
public class LiveCountAgainstOrdering extends OrderedRace {

	public LiveCountAgainstOrdering() {
		put(0);
		putOthers(ENOUGH - 1);
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = liveCount();
	}

	@Actor
	public void second() {
		putOther(ENOUGH);
	}

}
