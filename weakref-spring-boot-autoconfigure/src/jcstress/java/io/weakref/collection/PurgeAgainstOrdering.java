package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A purge while nodes are being ordered: the dead node is gone for every thread.
 */
@JCStressTest
@State
@Outcome(id = "10", expect = Expect.ACCEPTABLE, desc = "All but the dead one.")
public class PurgeAgainstOrdering extends OrderedRace {

	public PurgeAgainstOrdering() {
		put(0);
		putOthers(ENOUGH - 1);
		die(0);
	}

	@Actor
	public void first() {
		purge();
	}

	@Actor
	public void second() {
		putOther(ENOUGH);
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = linked();
	}

}
