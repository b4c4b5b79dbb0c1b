package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader while the entry is removed.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Before.")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "After.")
public class GetAgainstRemove extends Race {

	public GetAgainstRemove() {
		put(0);
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = get();
	}

	@Actor
	public void second() {
		remove();
	}

}
