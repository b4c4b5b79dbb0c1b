package io.weakref.collection;

import java.util.concurrent.locks.Lock;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads that are the first to ask for the lock of a key: they get the same lock.
 */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One lock.")
public class LockOfKeyAgainstLockOfKey extends LockRace {

	private @Nullable Lock first;

	private @Nullable Lock second;

	@Actor
	public void first() {
		this.first = this.locks.get(2);
	}

	@Actor
	public void second() {
		this.second = this.locks.get(2);
	}

	@Arbiter
	public void after(I_Result r) {
		r.r1 = (this.first == this.second && this.first == this.locks.get(2)) ? 1 : 0;
	}

}
