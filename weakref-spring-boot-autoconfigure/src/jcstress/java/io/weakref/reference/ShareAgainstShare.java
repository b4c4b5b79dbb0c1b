package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads share one object: both get the same reference.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The same reference, which stays the shared one.")
public class ShareAgainstShare extends SharedReferenceRace {

	private WeakRef<?> one = share(0);

	private WeakRef<?> two = this.one;

	@Actor
	public void first() {
		this.one = share(1);
	}

	@Actor
	public void second() {
		this.two = share(1);
	}

	@Arbiter
	public void after(II_Result r) {
		r.r1 = (this.one == this.two) ? 1 : 0;
		r.r2 = (this.one == share(1)) ? 1 : 0;
	}

}
