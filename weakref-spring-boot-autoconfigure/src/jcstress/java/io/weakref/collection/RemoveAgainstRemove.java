package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two removals: one of them gets the value.
 */
@JCStressTest
@State
@Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "The first removed it.")
@Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE, desc = "The second removed it.")
public class RemoveAgainstRemove extends Race {

	public RemoveAgainstRemove() {
		put(0);
	}

	@Actor
	public void first(II_Result r) {
		r.r1 = remove();
	}

	@Actor
	public void second(II_Result r) {
		r.r2 = remove();
	}

}
