package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A key whose entry is dead is computed while the entry is swept: the value stays.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Computed and present.")
public class ComputeIfAbsentAgainstSweep extends Race {

	public ComputeIfAbsentAgainstSweep() {
		put(2);
		die(2);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = computeIfAbsent(0);
	}

	@Actor
	public void second() {
		purge();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = get();
	}

}
