package io.weakref.collection;

import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Counts the operations on one weak collection.
 */
final class StatsRecorder extends LookupCounter {

	private final LongAdder loads = new LongAdder();

	private final LongAdder loadFailures = new LongAdder();

	private final LongAdder loadNanos = new LongAdder();

	private final LongAdder puts = new LongAdder();

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

	/**
	 * Return the statistics of a weak collection.
	 * @param recorder its recorder, {@code null} if it records no statistics
	 * @param purged the number of entries that were purged, which is counted in any case
	 */
	static WeakStats stats(@Nullable StatsRecorder recorder, long purged) {
		if (recorder == null) {
			return new WeakStats(0, 0, 0, 0, 0, 0, purged);
		}
		return new WeakStats(recorder.hits(), recorder.misses(), recorder.loads.sum(), recorder.loadFailures.sum(),
				recorder.loadNanos.sum(), recorder.puts.sum(), purged);
	}

}
