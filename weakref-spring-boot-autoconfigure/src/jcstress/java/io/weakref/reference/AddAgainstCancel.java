package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * One thread registers a reference while another cancels the one at the top of the stack.
 */
@JCStressTest
@State
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "The others are found.")
public class AddAgainstCancel extends RegistryRace {

	public AddAgainstCancel() {
		add(0);
		add(1);
	}

	@Actor
	public void first() {
		add(2);
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
