package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader while the value is replaced and the old one dies: never a miss, because the key
 * always has a live value.
 */
@JCStressTest
@State
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "The old value.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The new value.")
public class GetAgainstPutThenDeath extends Race {

	public GetAgainstPutThenDeath() {
		put(0);
	}

	@Actor
	public void first(I_Result r) {
		r.r1 = get();
	}

	@Actor
	public void second() {
		putAndLetDie(1, 0);
		purge();
	}

}
