package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A counted miss of a dead ordered entry while it is swept: it is removed once.
 */
@JCStressTest
@State
@Outcome(id = "-1, 10", expect = Expect.ACCEPTABLE, desc = "The others are left.")
public class MissAgainstPurgeOfOrdered extends OrderedRace {

	public MissAgainstPurgeOfOrdered() {
		countMisses();
		putOthers(ENOUGH);
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
