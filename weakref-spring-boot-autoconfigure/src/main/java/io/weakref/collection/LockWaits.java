package io.weakref.collection;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the acquisitions of the locks of one {@link WeakLocks} that had to wait.
 */
final class LockWaits {

	private final LongAdder count = new LongAdder();

	private final LongAdder nanos = new LongAdder();

	void waited(long nanos) {
		this.count.increment();
		this.nanos.add(nanos);
	}

	long count() {
		return this.count.sum();
	}

	long totalNanos() {
		return this.nanos.sum();
	}

}
