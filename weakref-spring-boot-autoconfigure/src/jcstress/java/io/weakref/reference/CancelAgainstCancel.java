package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads cancel one reference: it is removed once.
 */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The other one is found.")
public class CancelAgainstCancel extends RegistryRace {

	public CancelAgainstCancel() {
		add(0);
		add(1);
	}

	@Actor
	public void first() {
		cancel(1);
	}

	@Actor
	public void second() {
		cancel(1);
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = countAndEnd();
	}

}
