package io.weakref.collection;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is done with a collection.
 */
final class StatsRecorder {

	private final LookupCounter lookups = new LookupCounter();

	private final LongAdder loads = new LongAdder();

	private final LongAdder loadFailures = new LongAdder();

	private final LongAdder loadNanos = new LongAdder();

	private final LongAdder puts = new LongAdder();

	void lookedUp(boolean hit) {
		this.lookups.count(hit);
	}

	void put() {
		this.puts.increment();
	}

	void loaded(long nanos, boolean failed) {
		this.loads.increment();
		this.loadNanos.add(nanos);
		if (failed) {
			this.loadFailures.increment();
		}
	}

	WeakStats stats(long purged) {
		return new WeakStats(this.lookups.hits(), this.lookups.misses(), this.loads.sum(), this.loadFailures.sum(),
				this.loadNanos.sum(), this.puts.sum(), purged);
	}

}
