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
 * How much memory a contender needs, not counting keys and values, as the difference of
 * the used heap after a garbage collection. Run by {@link Suite} in a separate JVM.
 */
final class Footprint {

	private static final int COLLECTIONS = 100_000;

	static volatile @Nullable Object sink;

	/**
	 * Nothing is dropped, because what is freed while something else is measured would
	 * distort that figure.
	 */
	private static final List<Object> KEPT = new ArrayList<>();

	private Footprint() {
	}

	/**
	 * Measure one contender.
	 * @param args its name; then {@code values} for entries with weak values only, or
	 * {@code empty} for empty weak collections only
	 */
	public static void main(String... args) {
		Contender contender = Contender.valueOf(args[0]);
		if (args.length > 1) {
			if (args[1].equals("values")) {
				entries(contender, false);
			}
			else {
				empty(contender, "bytes of one that is empty", () -> contender.weakValues().bare());
			}
			return;
		}
		if (contender == Contender.WEAKREF) {
			empty(contender, "bytes of an empty WeakValueDictionary", WeakValueDictionary::new);
			empty(contender, "bytes of an empty WeakKeyDictionary", WeakKeyDictionary::new);
			empty(contender, "bytes of an empty WeakSet", WeakSet::new);
		}
		entries(contender, false);
		entries(contender, true);
	}

	private static void empty(Contender contender, String figure, Supplier<?> constructor) {
		Object[] collections = new Object[COLLECTIONS];
		KEPT.add(constructor.get());
		long before = used();
		for (int i = 0; i < COLLECTIONS; i++) {
			collections[i] = constructor.get();
		}
		Suite.print(contender, figure, (used() - before) / (double) COLLECTIONS);
		KEPT.add(collections);
	}

	private static void entries(Contender contender, boolean weakKeys) {
		Object[] keys = Keys.shuffled(Suite.MILLION, 0);
		Object[] values = Suite.objects(Suite.MILLION);
		Store warmup = create(contender, weakKeys);
		warmup.put(keys[0], values[0]);
		long before = used();
		Store store = create(contender, weakKeys);
		for (int i = 0; i < Suite.MILLION; i++) {
			store.put(keys[i], values[i]);
		}
		Suite.print(contender, "bytes per entry, weak " + (weakKeys ? "keys" : "values") + ", 1M",
				(used() - before) / (double) Suite.MILLION);
		KEPT.addAll(List.of(warmup, store, keys, values));
	}

	private static Store create(Contender contender, boolean weakKeys) {
		return weakKeys ? contender.weakKeys() : contender.weakValues(Suite.MILLION);
	}

	static long used() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
