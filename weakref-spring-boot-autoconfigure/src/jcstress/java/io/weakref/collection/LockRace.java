package io.weakref.collection;

import java.util.Objects;

import io.weakref.cleaner.WeakCleaner;

/**
 * The lock of a key for a race of two threads. No drain thread interferes.
 */
class LockRace {

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	static {
		CLOSED.close();
	}

	final WeakLocks<Integer> locks = WeakLocks.<Integer>builder().cleaner(CLOSED).build();

	final KeyLock lock = (KeyLock) this.locks.get(1);

	/** Acquire the lock, spinning until it is free, and keep it. */
	final void acquire() {
		while (!this.lock.tryLock()) {
			Thread.onSpinWait();
		}
	}

	/** Acquire the lock if it is free, and release it. */
	final void acquireAndRelease() {
		if (this.lock.tryLock()) {
			this.lock.unlock();
		}
	}

	final void unpin() {
		Objects.requireNonNull(this.lock.node).pin = null;
	}

	final int pinned() {
		return (Objects.requireNonNull(this.lock.node).pin == this.lock) ? 1 : 0;
	}

	final int held() {
		return this.lock.isHeld() ? 1 : 0;
	}

}
