package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A removal while the table grows: a removed entry does not come back.
 */
@JCStressTest
@State
@Outcome(id = "0, 9", expect = Expect.ACCEPTABLE, desc = "Removed, and the size is right.")
public class RemoveAgainstGrowth extends Race {

	public RemoveAgainstGrowth() {
		put(0);
		fill();
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = remove();
	}

	@Actor
	public void second() {
		grow();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = (get() == MISS) ? size() : MISS;
	}

}
