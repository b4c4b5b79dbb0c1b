package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader of a live entry while the dead one before it is swept.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Always found.")
public class GetAgainstSweep extends Race {

	public GetAgainstSweep() {
		put(0);
		die(3);
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = get();
	}

	@Actor
	public void second() {
		purge();
	}

}
