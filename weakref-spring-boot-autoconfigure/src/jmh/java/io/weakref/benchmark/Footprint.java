package io.weakref.benchmark;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * How much memory a contender needs, keys and values aside, as the difference of the heap
 * that is used after a collection. Run by {@link Suite} in a JVM of its own.
 */
final class Footprint {

	private static final int COLLECTIONS = 100_000;

	static volatile @Nullable Object sink;

	/** Nothing is dropped: what goes while something else is measured would be missing. */
	private static final List<Object> KEPT = new ArrayList<>();

	private Footprint() {
	}

	public static void main(String... args) {
		Contender contender = Contender.valueOf(args[0]);
		if (contender == Contender.WEAKREF) {
			empty("WeakValueDictionary", WeakValueDictionary::new);
			empty("WeakKeyDictionary", WeakKeyDictionary::new);
			empty("WeakSet", WeakSet::new);
		}
		entries(contender, false);
		entries(contender, true);
	}

	private static void empty(String type, Supplier<?> constructor) {
		Object[] collections = new Object[COLLECTIONS];
		KEPT.add(constructor.get());
		long before = used();
		for (int i = 0; i < COLLECTIONS; i++) {
			collections[i] = constructor.get();
		}
		Suite.print(Contender.WEAKREF, "bytes of an empty " + type, (used() - before) / (double) COLLECTIONS);
		KEPT.add(collections);
	}

	private static void entries(Contender contender, boolean weakKeys) {
		Object[] keys = Keys.shuffled(Suite.MILLION, 0);
		Object[] values = Suite.objects(Suite.MILLION);
		Store warmup = weakKeys ? contender.weakKeys() : contender.weakValues();
		warmup.put(keys[0], values[0]);
		long before = used();
		Store store = weakKeys ? contender.weakKeys() : contender.weakValues();
		for (int i = 0; i < Suite.MILLION; i++) {
			store.put(keys[i], values[i]);
		}
		Suite.print(contender, "bytes per entry, weak " + (weakKeys ? "keys" : "values") + ", 1M",
				(used() - before) / (double) Suite.MILLION);
		KEPT.addAll(List.of(warmup, store, keys, values));
	}

	private static long used() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
