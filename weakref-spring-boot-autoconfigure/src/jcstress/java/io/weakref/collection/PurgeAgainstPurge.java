package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two purges: the size is exact when either returns.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Dead entries are not counted.")
public class PurgeAgainstPurge extends Race {

	public PurgeAgainstPurge() {
		put(0);
		die(0);
	}

	@Actor
	public void first(II_Result r) {
		purge();
		r.r1 = linked();
	}

	@Actor
	public void second(II_Result r) {
		purge();
		r.r2 = linked();
	}

}
