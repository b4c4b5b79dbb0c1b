package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * A sum to which many threads add. Unlike {@link LongAdder#add}, {@link #add} is a full
 * fence on every processor: what its caller wrote before is visible to all threads when
 * it returns. If it throws, nothing was added.
 */
final class EntryCounter {

	private static final VarHandle SUM;

	static {
		try {
			SUM = MethodHandles.lookup().findVarHandle(EntryCounter.class, "sum", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile long sum;

	/** Created when a CAS has failed because of contention. */
	private volatile @Nullable LongAdder contended;

	void add(long change) {
		LongAdder contended = this.contended;
		if (contended == null) {
			long sum = this.sum;
			if (SUM.compareAndSet(this, sum, sum + change)) {
				return;
			}
			contended = contended();
		}
		VarHandle.fullFence();
		contended.add(change);
	}

	private LongAdder contended() {
		synchronized (this) {
			LongAdder contended = this.contended;
			if (contended == null) {
				contended = new LongAdder();
				this.contended = contended;
			}
			return contended;
		}
	}

	long sum() {
		LongAdder contended = this.contended;
		return this.sum + ((contended != null) ? contended.sum() : 0);
	}

}
