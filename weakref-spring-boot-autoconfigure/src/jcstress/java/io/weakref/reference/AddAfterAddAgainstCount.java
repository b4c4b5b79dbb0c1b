package io.weakref.reference;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One thread registers a reference. Another one, as soon as it knows of it, registers a
 * newer one, while the first thread moves the stacks into the bins: the newer one is in
 * front of the older one in any case.
 */
@JCStressTest
@State
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "The other thread was late.")
@Outcome(id = "2, 3", expect = Expect.ACCEPTABLE, desc = "Counted between the two.")
@Outcome(id = "3, 3", expect = Expect.ACCEPTABLE, desc = "Counted after both.")
public class AddAfterAddAgainstCount extends RegistryRace {

	private volatile boolean added;

	public AddAfterAddAgainstCount() {
		add(0);
	}

	@Actor
	public void first(II_Result r) {
		add(1);
		this.added = true;
		r.r1 = count();
	}

	@Actor
	public void second() {
		if (this.added) {
			add(2);
		}
	}

	@Arbiter
	public void after(II_Result r) {
		r.r2 = countAndEnd();
	}

}
