package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread registers a reference while another registers one, too, and moves the stacks
 * into the bins: the older one of the two is behind the newer one even if it is moved
 * later.
 */
@JCStressTest
@State
@Outcome(id = "2, 3", expect = Expect.ACCEPTABLE, desc = "Counted before the other was there.")
@Outcome(id = "3, 3", expect = Expect.ACCEPTABLE, desc = "Counted after both.")
public class AddAgainstAddThenCount extends RegistryRace {

	public AddAgainstAddThenCount() {
		add(0);
	}

	@Actor
	public void first() {
		add(1);
	}

	@Actor
	public void second(II_Result r) {
		add(2);
		r.r1 = count();
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = countAndEnd();
	}

}
