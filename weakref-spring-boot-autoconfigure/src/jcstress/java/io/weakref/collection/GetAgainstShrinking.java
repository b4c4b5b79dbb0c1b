package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader while the table shrinks: never a miss.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Always found.")
public class GetAgainstShrinking extends Race {

	public GetAgainstShrinking() {
		put(0);
		empty();
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
