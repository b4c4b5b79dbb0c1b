package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A removal of a key whose value is replaced and then dies: the key
 * is never absent, so a value is removed.
 */
@JCStressTest
@State
@Outcome(id = "0, -1, 1", expect = Expect.ACCEPTABLE, desc = "Removed before the put.")
@Outcome(id = "1, 0, -1", expect = Expect.ACCEPTABLE, desc = "Removed after the put.")
public class RemoveAgainstPutThenDeath extends Race {

	public RemoveAgainstPutThenDeath() {
		put(0);
	}

	@Actor
	public void first(III_Result r) {
		r.r1 = remove();
	}

	@Actor
	public void second(III_Result r) {
		r.r2 = putAndLetDie(1, 0);
	}

	@Arbiter
	public void after(III_Result r) {
		r.r3 = get();
	}

}
