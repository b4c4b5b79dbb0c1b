package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread registers a reference while another moves the stacks into the bins.
 */
@JCStressTest
@State
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "Counted before.")
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "Counted after.")
public class AddAgainstCount extends RegistryRace {

	public AddAgainstCount() {
		add(0);
	}

	@Actor
	public void first() {
		add(1);
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
