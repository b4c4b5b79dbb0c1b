package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A key is computed while the table grows.
 */
@JCStressTest
@State
@Outcome(id = "0, 10", expect = Expect.ACCEPTABLE, desc = "Computed once, every entry counted.")
public class ComputeIfAbsentAgainstGrowth extends Race {

	public ComputeIfAbsentAgainstGrowth() {
		fill();
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = computeIfAbsent(0);
	}

	@Actor
	public void second() {
		grow();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = (get() == 0) ? size() : MISS;
	}

}
