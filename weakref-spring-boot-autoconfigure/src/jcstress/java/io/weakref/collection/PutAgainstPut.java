package io.weakref.collection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two puts: the value of the later one stays.
 */
@JCStressTest
@State
@Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE, desc = "The first put was first.")
@Outcome(id = "1, -1", expect = Expect.ACCEPTABLE, desc = "The second put was first.")
public class PutAgainstPut extends Race {

	@Actor
	public void first(II_Result r) {
		r.r1 = put(0);
	}

	@Actor
	public void second(II_Result r) {
		r.r2 = put(1);
	}

}
