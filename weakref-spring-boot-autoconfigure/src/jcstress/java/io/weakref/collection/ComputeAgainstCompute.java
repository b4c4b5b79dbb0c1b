package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads add to one value: no update is lost.
 */
@JCStressTest
@State
@Outcome(id = "1, 3", expect = Expect.ACCEPTABLE, desc = "The first was first.")
@Outcome(id = "3, 2", expect = Expect.ACCEPTABLE, desc = "The second was first.")
public class ComputeAgainstCompute extends Race {

	public ComputeAgainstCompute() {
		put(0);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = add(1);
	}

	@Actor
	public void second(II_Result r) {
		r.r2 = add(2);
	}

}
