package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A put of a key among ordered nodes while they are cleared: the size is exact.
 */
@JCStressTest
@State
@Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE, desc = "Cleared after the put.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Put after the removal of all.")
public class PutAgainstClearOfOrdered extends OrderedRace {

	public PutAgainstClearOfOrdered() {
		putOthers(ENOUGH + 1);
	}

	@Actor
	public void first() {
		put(1);
	}

	@Actor
	public void second() {
		clear();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = get();
		r.r2 = linked();
	}

}
