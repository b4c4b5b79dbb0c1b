package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader while a value among ordered nodes is computed again: it gets the old or the new
 * value, never a miss.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "The old value.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The new value.")
public class GetAgainstComputeAmongOrdered extends OrderedRace {

	public GetAgainstComputeAmongOrdered() {
		put(0);
		putOthers(ENOUGH);
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = get();
	}

	@Actor
	public void second() {
		add(1);
	}

}
