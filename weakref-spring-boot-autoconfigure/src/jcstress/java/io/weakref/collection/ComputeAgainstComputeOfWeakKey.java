package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two threads add to one value. The entry stays and takes the new value: no update is
 * lost.
 */
@JCStressTest
@State
@Outcome(id = "1, 3, 3", expect = Expect.ACCEPTABLE, desc = "The first was first.")
@Outcome(id = "3, 2, 3", expect = Expect.ACCEPTABLE, desc = "The second was first.")
public class ComputeAgainstComputeOfWeakKey extends Race {

	public ComputeAgainstComputeOfWeakKey() {
		super(true);
		put(0);
	}

	@Actor
	public void first(III_Result r) {
		r.r1 = add(1);
	}

	@Actor
	public void second(III_Result r) {
		r.r2 = add(2);
	}

	@Arbiter
	public void afterwards(III_Result r) {
		r.r3 = get();
	}

}
