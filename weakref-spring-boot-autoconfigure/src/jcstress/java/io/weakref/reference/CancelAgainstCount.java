package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread cancels a reference while another moves it from the stack into a bin.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Counted after.")
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Counted before.")
public class CancelAgainstCount extends RegistryRace {

	public CancelAgainstCount() {
		add(0);
		add(1);
	}

	@Actor
	public void first() {
		cancel(0);
	}

	@Actor
	public void second(II_Result r) {
		r.r1 = count();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = countAndEnd();
	}

}
