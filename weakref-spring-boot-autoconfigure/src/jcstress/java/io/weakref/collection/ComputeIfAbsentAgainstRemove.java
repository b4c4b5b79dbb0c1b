package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread computes an absent key, the other removes it.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Computed, then removed.")
@Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "There was nothing to remove.")
public class ComputeIfAbsentAgainstRemove extends Race {

	@Actor
	public void first(II_Result r) {
		r.r1 = computeIfAbsent(0);
	}

	@Actor
	public void second(II_Result r) {
		r.r2 = remove();
	}

}
