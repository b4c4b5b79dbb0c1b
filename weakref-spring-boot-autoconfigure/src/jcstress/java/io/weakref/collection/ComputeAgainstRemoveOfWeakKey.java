package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One thread adds to a value that another thread removes: either the sum is removed, or
 * the addition starts from an absent value.
 */
@JCStressTest
@State
@Outcome(id = "1, 1, -1", expect = Expect.ACCEPTABLE, desc = "The addition was first.")
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The removal was first.")
public class ComputeAgainstRemoveOfWeakKey extends Race {

	public ComputeAgainstRemoveOfWeakKey() {
		super(true);
		put(0);
	}

	@Actor
	public void first(III_Result r) {
		r.r1 = add(1);
	}

	@Actor
	public void second(III_Result r) {
		r.r2 = remove();
	}

	@Arbiter
	public void afterwards(III_Result r) {
		r.r3 = get();
	}

}
