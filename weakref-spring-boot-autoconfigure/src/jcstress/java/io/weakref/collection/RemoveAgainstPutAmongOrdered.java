package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A removal and a put of one key among ordered nodes: one of them comes first, and the
 * size is exact.
 */
@JCStressTest
@State
@Outcome(id = "0, -1, 1, 12", expect = Expect.ACCEPTABLE, desc = "Removed, then put.")
@Outcome(id = "1, 0, -1, 11", expect = Expect.ACCEPTABLE, desc = "Put, then removed.")
public class RemoveAgainstPutAmongOrdered extends OrderedRace {

	public RemoveAgainstPutAmongOrdered() {
		putOthers(ENOUGH + 1);
		put(0);
	}

	@Actor
	public void first(IIII_Result r) {
		r.r1 = remove();
	}

	@Actor
	public void second(IIII_Result r) {
		r.r2 = put(1);
	}

	@Arbiter
	public void after(IIII_Result r) {
		r.r3 = get();
		r.r4 = linked();
	}

}
