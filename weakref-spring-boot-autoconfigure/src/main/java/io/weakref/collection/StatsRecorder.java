package io.weakref.collection;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is done with a collection.
 */
final class StatsRecorder {

	private final LongAdder hits = new LongAdder();

	private final LongAdder misses = new LongAdder();

	private final LongAdder loads = new LongAdder();

	private final LongAdder loadFailures = new LongAdder();

	private final LongAdder loadNanos = new LongAdder();

	private final LongAdder puts = new LongAdder();

	void lookedUp(boolean hit) {
		(hit ? this.hits : this.misses).increment();
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
		return new WeakStats(this.hits.sum(), this.misses.sum(), this.loads.sum(), this.loadFailures.sum(),
				this.loadNanos.sum(), this.puts.sum(), purged);
	}

}
