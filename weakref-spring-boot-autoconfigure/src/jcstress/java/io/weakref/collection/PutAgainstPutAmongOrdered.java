package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two puts of one key among ordered nodes: one of them comes first.
 */
@JCStressTest
@State
@Outcome(id = "-1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first was replaced.")
@Outcome(id = "1, -1, 0", expect = Expect.ACCEPTABLE, desc = "The second was replaced.")
public class PutAgainstPutAmongOrdered extends OrderedRace {

	public PutAgainstPutAmongOrdered() {
		putOthers(ENOUGH + 1);
	}

	@Actor
	public void first(III_Result r) {
		r.r1 = put(0);
	}

	@Actor
	public void second(III_Result r) {
		r.r2 = put(1);
	}

	@Arbiter
	public void after(III_Result r) {
		r.r3 = get();
	}

}
