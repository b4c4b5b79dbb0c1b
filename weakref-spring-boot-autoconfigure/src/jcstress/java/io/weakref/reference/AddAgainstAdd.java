package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads register references to one object: none is lost.
 */
@JCStressTest
@State
@Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "All are found.")
public class AddAgainstAdd extends RegistryRace {

	public AddAgainstAdd() {
		add(0);
	}

	@Actor
	public void first() {
		add(1);
	}

	@Actor
	public void second() {
		add(2);
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = countAndEnd();
	}

}
