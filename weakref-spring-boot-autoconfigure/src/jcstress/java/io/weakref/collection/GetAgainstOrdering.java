package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader while nodes are being ordered, with another node before them: never a miss.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Always found.")
public class GetAgainstOrdering extends OrderedRace {

	public GetAgainstOrdering() {
		put(0);
		putOthers(ENOUGH - 1);
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = get();
	}

	@Actor
	public void second() {
		putOther(ENOUGH);
	}

}
