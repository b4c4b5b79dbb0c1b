package io.weakref.benchmark;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * Brings a store into the state that it has in an application that has run for a while:
 * filled over several young garbage collections, and in the old generation.
 * <p>
 * A young garbage collection copies what is reachable from an array in the order of that
 * array, and so determines which nodes are adjacent in memory. The number of garbage
 * collections during the filling would depend on how much a contender allocates. With one
 * after the last entry, nearly all neighbours in a bin share a page; with none, hardly any
 * do, which changes a miss among a million entries by a fifth. Here all contenders get the
 * same number.
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

	/** How many garbage collections there have been, of all kinds. */
	static long collections() {
		return ManagementFactory.getGarbageCollectorMXBeans()
			.stream()
			.mapToLong(GarbageCollectorMXBean::getCollectionCount)
			.sum();
	}

}
