package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Remembers the hashes of entries that have died within the last minutes, to count how
 * many of them are looked up again: a cache that had held its values for that long would
 * still have had them. Keeps nothing alive. Takes {@value #SETS} times 32 bytes.
 * <p>
 * If more entries die than there is room for, it remembers a sample: only hashes in which
 * certain bits are zero, each of which then counts as many times as the sample is smaller
 * than the whole. The sampled share is halved when too many fresh elements have to be
 * overwritten, and doubled again when there is room.
 * <p>
 * An element is one {@code long}, which any thread may write. Threads race for the
 * sampled share and for the place of an element. What such a race loses only makes the
 * estimate less exact.
 */
final class LostKeys {

	static final int REMEMBERED_SECONDS = 300;

	private static final int SETS = 256;

	private static final int WAYS = 4;

	/**
	 * The number of fresh elements that may be overwritten before the share is halved.
	 */
	private static final int MOST_OVERWRITTEN = 32;

	private static final int SECONDS_TO_ADJUST = 30;

	private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

	/**
	 * Each element has the hash in its upper half and the second of the death in its
	 * lower half; 0 if the place is free. Created for the first death.
	 */
	private volatile long @Nullable [] elements;

	private final LongAdder lost = new LongAdder();

	private final LongSupplier nanoTime;

	private final long start;

	/** The bits that must be zero in a hash for it to be remembered. */
	private volatile int mask;

	private int overwritten;

	private int adjusted;

	LostKeys(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.start = nanoTime.getAsLong();
	}

	/** Record that an entry has died. */
	void died(int hash) {
		int bits = spread(hash);
		if ((bits & this.mask) != 0) {
			return;
		}
		int now = now();
		if (now - this.adjusted >= SECONDS_TO_ADJUST) {
			widen(now);
		}
		long[] elements = this.elements;
		elements = (elements != null) ? elements : elements();
		int first = first(bits);
		int place = first;
		for (int i = first; i < first + WAYS; i++) {
			long element = (long) ELEMENT.getOpaque(elements, i);
			if ((int) (element >>> Integer.SIZE) == hash || !isFresh(element, now)) {
				place = i;
				break;
			}
			if ((int) element < (int) (long) ELEMENT.getOpaque(elements, place)) {
				place = i;
			}
		}
		long before = (long) ELEMENT.getOpaque(elements, place);
		ELEMENT.setOpaque(elements, place, ((long) hash << Integer.SIZE) | now);
		if ((int) (before >>> Integer.SIZE) != hash && isFresh(before, now)) {
			// Racy, but the race is benign: some overwritten elements are not counted.
			this.overwritten++;
			if (this.overwritten >= MOST_OVERWRITTEN) {
				halve();
			}
		}
	}

	/** Record that a lookup has not found a key. */
	void missed(int hash) {
		int bits = spread(hash);
		int mask = this.mask;
		long[] elements = this.elements;
		if (elements == null || (bits & mask) != 0) {
			return;
		}
		int first = first(bits);
		for (int i = first; i < first + WAYS; i++) {
			long element = (long) ELEMENT.getOpaque(elements, i);
			if ((int) (element >>> Integer.SIZE) == hash && isFresh(element, now())
					&& ELEMENT.compareAndSet(elements, i, element, 0L)) {
				this.lost.add(mask + 1L);
				return;
			}
		}
	}

	/**
	 * The number of lookups that missed an entry that had died within the last minutes.
	 */
	long count() {
		return this.lost.sum();
	}

	private synchronized long[] elements() {
		long[] elements = this.elements;
		if (elements == null) {
			elements = new long[SETS * WAYS];
			this.elements = elements;
		}
		return elements;
	}

	private synchronized void halve() {
		long[] elements = elements();
		int mask = (this.mask << 1) | 1;
		this.overwritten = 0;
		this.mask = mask;
		for (int i = 0; i < elements.length; i++) {
			long element = (long) ELEMENT.getOpaque(elements, i);
			if ((spread((int) (element >>> Integer.SIZE)) & mask) != 0) {
				ELEMENT.compareAndSet(elements, i, element, 0L);
			}
		}
	}

	private synchronized void widen(int now) {
		long[] elements = elements();
		this.adjusted = now;
		this.overwritten = 0;
		int fresh = 0;
		for (int i = 0; i < elements.length; i++) {
			fresh += isFresh((long) ELEMENT.getOpaque(elements, i), now) ? 1 : 0;
		}
		int mask = this.mask;
		for (int room = fresh; mask != 0 && room < elements.length / 4; room = Math.max(1, 2 * room)) {
			mask >>>= 1;
		}
		this.mask = mask;
	}

	private static boolean isFresh(long element, int now) {
		return element != 0 && now - (int) element <= REMEMBERED_SECONDS;
	}

	/** The seconds since the start, counted from 1. */
	private int now() {
		return (int) TimeUnit.NANOSECONDS.toSeconds(this.nanoTime.getAsLong() - this.start) + 1;
	}

	/**
	 * Spread a hash. The lower bits decide whether it is remembered, the upper ones
	 * where.
	 */
	private static int spread(int hash) {
		int bits = hash * 0x9E3779B9;
		bits = (bits ^ (bits >>> 15)) * 0x85EBCA6B;
		return bits ^ (bits >>> 13);
	}

	private static int first(int bits) {
		return (bits >>> (Integer.SIZE - Integer.numberOfTrailingZeros(SETS))) * WAYS;
	}

}
