package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Readers while a table shrinks, and ordered nodes are put before a node that has moved:
 * never a miss.
 */
@JCStressTest
@State
@Outcome(id = "0, 3", expect = Expect.ACCEPTABLE, desc = "Both are always found.")
public class GetAgainstShrinkingOfOrdered extends OrderedRace {

	public GetAgainstShrinkingOfOrdered() {
		put(0);
		putOthers(ENOUGH);
		putElsewhere();
		empty();
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = get();
		r.r2 = getElsewhere();
	}

	@Actor
	public void second() {
		purge();
	}

}
