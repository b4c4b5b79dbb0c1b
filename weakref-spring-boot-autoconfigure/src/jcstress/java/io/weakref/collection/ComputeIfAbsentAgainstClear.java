package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A value is computed while the table is cleared: it is found afterwards, or not stored.
 */
@JCStressTest
@State
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "Cleared before.")
@Outcome(id = "0, -1, 0", expect = Expect.ACCEPTABLE, desc = "Cleared afterwards, or during the computation.")
public class ComputeIfAbsentAgainstClear extends Race {

	@Actor
	public void first(III_Result r) {
		r.r1 = computeIfAbsent(0);
	}

	@Actor
	public void second() {
		clear();
	}

	@Arbiter
	public void after(III_Result r) {
		r.r2 = get();
		r.r3 = size();
	}

}
