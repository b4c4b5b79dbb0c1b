package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A put while the table grows: nothing is lost or counted twice.
 */
@JCStressTest
@State
@Outcome(id = "0, 10", expect = Expect.ACCEPTABLE, desc = "The old value returned, every entry counted.")
public class PutAgainstGrowth extends Race {

	public PutAgainstGrowth() {
		put(0);
		fill();
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = put(1);
	}

	@Actor
	public void second() {
		grow();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = (get() == 1) ? size() : MISS;
	}

}
