package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One thread adds to a value that another thread replaces: the sum is computed from the
 * value that it replaces, the old or the new one.
 */
@JCStressTest
@State
@Outcome(id = "1, 1, 2", expect = Expect.ACCEPTABLE, desc = "The addition was first.")
@Outcome(id = "3, 0, 3", expect = Expect.ACCEPTABLE, desc = "The replacement was first.")
public class ComputeAgainstPutOfWeakKey extends Race {

	public ComputeAgainstPutOfWeakKey() {
		super(true);
		put(0);
	}

	@Actor
	public void first(III_Result r) {
		r.r1 = add(1);
	}

	@Actor
	public void second(III_Result r) {
		r.r2 = put(2);
	}

	@Arbiter
	public void afterwards(III_Result r) {
		r.r3 = get();
	}

}
