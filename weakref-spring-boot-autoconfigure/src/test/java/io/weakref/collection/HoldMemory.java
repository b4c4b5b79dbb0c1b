package io.weakref.collection;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Run in a JVM with a small heap and a given garbage collector: holds a third of the heap
 * in a cache, then creates garbage or exhausts the memory.
 */
final class HoldMemory {

	private static final int CHUNK = 16 * 1024;

	/**
	 * So many rounds of two kilobytes take less than what is free in any of the heaps.
	 */
	private static final int GARBAGE_AT_ONCE = 10_000;

	private static volatile Object garbage = new Object();

	private HoldMemory() {
	}

	public static void main(String[] args) {
		WeakValueDictionary<Integer, byte[]> cache = WeakValueDictionary.<Integer, byte[]>builder()
			.holdFor(Duration.ofHours(1))
			.build();
		long heap = Runtime.getRuntime().maxMemory();
		int values = (int) (heap / 3 / CHUNK);
		for (int i = 0; i < values; i++) {
			cache.put(i, new byte[CHUNK]);
		}
		require(cache.heldCount() == values, "held", cache);
		switch (args[0]) {
			case "churn" -> churn(cache, values, Integer.parseInt(args[1]));
			case "exhaust" -> exhaust(cache, values, heap);
			default -> throw new IllegalArgumentException(args[0]);
		}
		System.out.println("passed " + cache.holdStats());
	}

	/**
	 * Create garbage, most of it young, some of it old, until there were a number of
	 * garbage collections. Waits for one before the heap is full: if a concurrent
	 * collector gets no processor for so long that an allocation must wait for it, memory
	 * is short.
	 */
	private static void churn(WeakValueDictionary<Integer, byte[]> cache, int values, int collections) {
		long before = collections();
		List<byte[]> young = new ArrayList<>();
		for (int n = 0; collections() - before < collections; n++) {
			young.add(new byte[1000]);
			garbage = new byte[1000];
			if (young.size() > 4000) {
				young.subList(0, 2000).clear();
			}
			if (n % GARBAGE_AT_ONCE == 0) {
				collect();
			}
		}
		require(cache.heldCount() == values && cache.holdStats().releasedByMemory() == 0, "still held", cache);
		for (int i = 0; i < values; i++) {
			require(cache.containsKey(i), "there", cache);
		}
	}

	/** Shenandoah clears all soft references in a collection that was requested. */
	private static void collect() {
		if (!Boolean.getBoolean("spontaneous")) {
			System.gc();
			return;
		}
		long before = collections();
		while (collections() == before) {
			Thread.onSpinWait();
		}
	}

	private static long collections() {
		long count = 0;
		for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
			count += each.getCollectionCount();
		}
		return count;
	}

	/**
	 * Allocate much more than what the cache leaves, but much less than the heap, which
	 * must succeed. Twice, because the cache must be able to hold values again.
	 */
	private static void exhaust(WeakValueDictionary<Integer, byte[]> cache, int values, long heap) {
		for (int round = 1; round <= 2; round++) {
			List<byte[]> needed = new ArrayList<>();
			for (long size = 0; size < heap / 4 * 3; size += CHUNK) {
				needed.add(new byte[CHUNK]);
			}
			require(cache.heldCount() == 0, "given up", cache);
			require(needed.get(0).length == CHUNK, "needed", cache);
			needed.clear();
			System.gc();
			for (int i = 0; i < values; i++) {
				cache.put(i, new byte[CHUNK]);
			}
			require(cache.heldCount() == values, "held again", cache);
			require(cache.holdStats().releasedByMemory() == (long) values * round, "counted", cache);
		}
	}

	private static void require(boolean condition, String what, WeakValueDictionary<?, ?> cache) {
		if (!condition) {
			throw new AssertionError("Not " + what + ": " + cache.holdStats() + ", " + cache.liveCount() + " live");
		}
	}

}
