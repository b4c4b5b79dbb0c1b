package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads compute a key whose value is dead: both get the same value.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The first computed it.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The second computed it.")
public class ComputeIfAbsentAgainstComputeIfAbsentOnDead extends Race {

	public ComputeIfAbsentAgainstComputeIfAbsentOnDead() {
		put(2);
		die(2);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = computeIfAbsent(0);
	}

	@Actor
	public void second(II_Result r) {
		r.r2 = computeIfAbsent(1);
	}

}
