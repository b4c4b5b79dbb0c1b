package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A counted miss of a dead ordered entry while a put replaces it: the new entry stays.
 */
@JCStressTest
@State
@Outcome(id = "1, 11", expect = Expect.ACCEPTABLE, desc = "The new value stays, and all entries are counted.")
public class MissAgainstPutAmongOrdered extends OrderedRace {

	public MissAgainstPutAmongOrdered() {
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
		put(1);
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = get();
		r.r2 = linked();
	}

}
