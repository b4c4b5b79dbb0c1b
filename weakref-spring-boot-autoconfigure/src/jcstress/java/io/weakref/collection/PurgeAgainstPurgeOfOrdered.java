package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two purges of a dead ordered entry: the size is exact when either returns.
 */
@JCStressTest
@State
@Outcome(id = "10, 10", expect = Expect.ACCEPTABLE, desc = "The dead entry is not counted.")
public class PurgeAgainstPurgeOfOrdered extends OrderedRace {

	public PurgeAgainstPurgeOfOrdered() {
		putOthers(ENOUGH);
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
