package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A removal while nodes are being ordered: it is not lost.
 */
@JCStressTest
@State
@Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "Removed.")
public class RemoveAgainstOrdering extends OrderedRace {

	public RemoveAgainstOrdering() {
		put(0);
		putOthers(ENOUGH - 1);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = remove();
	}

	@Actor
	public void second() {
		putOther(ENOUGH);
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = get();
	}

}
