package io.weakref.benchmark;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * Brings a store to where an application has it that has run for a while: filled over
 * several young collections, and old.
 * <p>
 * A young collection copies what is reachable from an array in the order of that array, so
 * it decides which nodes lie next to each other. How many of them fall into the time of
 * filling would depend on what a contender allocates: with one after the last entry nearly
 * all neighbours in a bin share a page, with none hardly any does, which moves a miss of a
 * million entries by a fifth. Here all get the same number.
 */
final class Filling {

	private static final int COLLECTIONS = 8;

	private static final int GARBAGE = 1 << 20;

	static Object sink = new Object();

	private Filling() {
	}

	static void fill(Store store, Object[] keys, Object[] values) {
		int share = Math.max(1, keys.length / COLLECTIONS);
		for (int i = 0; i < keys.length; i++) {
			store.put(keys[i], values[i]);
			if ((i + 1) % share == 0) {
				collectYoung();
			}
		}
		System.gc();
	}

	static void collectYoung() {
		long before = collections();
		while (collections() == before) {
			for (int size = 0; size < GARBAGE; size += 1024) {
				sink = new byte[1024];
			}
		}
	}

	/** How many collections there have been, of all kinds. */
	static long collections() {
		return ManagementFactory.getGarbageCollectorMXBeans()
			.stream()
			.mapToLong(GarbageCollectorMXBean::getCollectionCount)
			.sum();
	}

}
