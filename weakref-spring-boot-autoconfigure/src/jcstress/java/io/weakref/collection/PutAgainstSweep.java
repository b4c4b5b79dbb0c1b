package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A put over a dead entry while it is swept: the new entry stays.
 */
@JCStressTest
@State
@Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "The dead entry counts as absent, and the new value stays.")
public class PutAgainstSweep extends Race {

	public PutAgainstSweep() {
		put(0);
		die(0);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = put(1);
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
