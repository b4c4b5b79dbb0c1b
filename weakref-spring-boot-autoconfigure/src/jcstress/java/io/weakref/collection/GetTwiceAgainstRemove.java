package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A reader reads twice while the entry is removed: a removed value does not come back.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Before.")
@Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "Between.")
@Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "After.")
public class GetTwiceAgainstRemove extends Race {

	public GetTwiceAgainstRemove() {
		put(0);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = get();
		r.r2 = get();
	}

	@Actor
	public void second() {
		remove();
	}

}
