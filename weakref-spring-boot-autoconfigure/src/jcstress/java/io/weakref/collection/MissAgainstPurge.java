package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A counted miss of a dead entry while it is swept: it is removed once.
 */
@JCStressTest
@State
@Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "One entry is left.")
public class MissAgainstPurge extends Race {

	public MissAgainstPurge() {
		countMisses();
		put(0);
		die(0);
	}

	@Actor
	public void first() {
		miss();
	}

	@Actor
	public void second() {
		purge();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = get();
		r.r2 = linked();
	}

}
