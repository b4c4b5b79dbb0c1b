package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A put while a reservation ends that is followed by another node with the same hash: the
 * key has one entry.
 */
@JCStressTest
@State
@Outcome(id = "-1, 1, 1, -1", expect = Expect.ACCEPTABLE, desc = "The put came first.")
@Outcome(id = "0, 0, 1, -1", expect = Expect.ACCEPTABLE, desc = "The computed value was replaced.")
public class PutAgainstComputeIfAbsentBeforeAnother extends OrderedRace {

	@Actor
	public void first(IIII_Result r) {
		r.r1 = put(1);
	}

	@Actor
	public void second(IIII_Result r) {
		r.r2 = computeIfAbsent(0, () -> putOther(1));
	}

	@Arbiter
	public void after(IIII_Result r) {
		r.r3 = remove();
		r.r4 = get();
	}

}
