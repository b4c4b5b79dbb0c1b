package io.weakref.benchmark;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * What benchmarks of single calls cannot show: bytes per entry, what it costs and how long
 * it takes to remove what died, what sweeping costs where nothing dies. Prints one line
 * for each figure; run it in a JVM of its own for each contender.
 */
public final class Purging {

	private static final int MILLION = 1_000_000;

	private static final int ROUNDS = 5;

	private static final long PATIENCE_NANOS = 20_000_000_000L;

	private static final long OVERHEAD_NANOS = 15_000_000_000L;

	private static final int GARBAGE_BYTES = 64 * 1024;

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private static volatile @Nullable Object sink;

	private final Contender contender;

	private Purging(Contender contender) {
		this.contender = contender;
	}

	/**
	 * Measure one contender.
	 * @param args the name of the {@link Contender}
	 */
	public static void main(String... args) {
		Purging measured = new Purging(Contender.valueOf(args[0]));
		measured.footprint();
		for (int size : new int[] { 10_000, MILLION }) {
			for (int round = 0; round < ROUNDS; round++) {
				measured.purge(size, round);
			}
		}
		if (measured.contender == Contender.WEAKREF) {
			emptyFootprint();
			measured.sweepOverhead();
		}
	}

	private void print(String figure, double value) {
		System.out.printf(Locale.ROOT, "%s\t%s\t%.2f%n", this.contender, figure, value);
	}

	private void footprint() {
		for (boolean weakKeys : new boolean[] { false, true }) {
			Object[] keys = Keys.shuffled(MILLION, 0);
			Object[] values = objects(MILLION);
			Store warmup = weakKeys ? this.contender.weakKeys() : this.contender.weakValues();
			warmup.put(keys[0], values[0]);
			long before = used();
			Store store = weakKeys ? this.contender.weakKeys() : this.contender.weakValues();
			for (int i = 0; i < MILLION; i++) {
				store.put(keys[i], values[i]);
			}
			print("bytes per entry, weak " + (weakKeys ? "keys" : "values"), (used() - before) / (double) MILLION);
			sink = new Object[] { store, keys, values };
			sink = null;
		}
	}

	private static void emptyFootprint() {
		int count = 10_000;
		Object[] collections = new Object[count];
		sink = new WeakValueDictionary<>();
		long before = used();
		for (int i = 0; i < count; i++) {
			collections[i] = new WeakValueDictionary<>();
		}
		System.out.printf(Locale.ROOT, "WEAKREF\tbytes of an empty collection\t%.2f%n",
				(used() - before) / (double) count);
		sink = collections;
		sink = null;
	}

	private void purge(int size, int round) {
		Store store = this.contender.weakValues();
		Object[] keys = Keys.shuffled(size, 0);
		fill(store, keys);
		System.gc();
		long cpu = SYSTEM.getProcessCpuTime();
		long start = System.nanoTime();
		boolean byItself = this.contender == Contender.WEAKREF || this.contender == Contender.WEAKREF_STATS;
		while (store.size() > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
			if (!byItself) {
				store.purge();
			}
			LockSupport.parkNanos(1_000_000);
		}
		long elapsed = System.nanoTime() - start;
		cpu = SYSTEM.getProcessCpuTime() - cpu;
		if (store.size() > 0) {
			System.out.println(this.contender + "\tnot purged\t" + store.size());
		}
		// The first rounds warm the JVM up.
		if (round >= 2) {
			print("CPU ns per purged entry, " + size, cpu / (double) size);
			print("ms from the end of the collection to the last removal, " + size, elapsed / 1e6);
		}
	}

	/** In a method of its own, so that no variable of the caller holds a value. */
	private static void fill(Store store, Object[] keys) {
		Object[] values = objects(keys.length);
		for (int i = 0; i < keys.length; i++) {
			store.put(keys[i], values[i]);
		}
		// Old, as what a cache holds is.
		System.gc();
		sink = values;
		sink = null;
	}

	private void sweepOverhead() {
		Store store = this.contender.weakValues();
		Object[] keys = Keys.shuffled(MILLION, 0);
		Object[] values = objects(MILLION);
		for (int i = 0; i < MILLION; i++) {
			store.put(keys[i], values[i]);
		}
		long collections = collections();
		long cpu = drainThreadCpu();
		long start = System.nanoTime();
		while (System.nanoTime() - start < OVERHEAD_NANOS) {
			sink = new byte[GARBAGE_BYTES];
		}
		double seconds = (System.nanoTime() - start) / 1e9;
		print("collections per second while nothing dies", (collections() - collections) / seconds);
		print("% of a core for sweeping 1M where nothing dies", (drainThreadCpu() - cpu) / 1e9 / seconds * 100);
		sink = new Object[] { store, keys, values };
		sink = null;
	}

	private static long collections() {
		return ManagementFactory.getGarbageCollectorMXBeans()
			.stream()
			.mapToLong((collector) -> collector.getCollectionCount())
			.sum();
	}

	private static long drainThreadCpu() {
		var threads = ManagementFactory.getThreadMXBean();
		long cpu = 0;
		for (long id : threads.getAllThreadIds()) {
			var info = threads.getThreadInfo(id);
			if (info != null && info.getThreadName().equals("weakref-cleaner")) {
				cpu += threads.getThreadCpuTime(id);
			}
		}
		return cpu;
	}

	private static Object[] objects(int count) {
		Object[] objects = new Object[count];
		for (int i = 0; i < count; i++) {
			objects[i] = new Object();
		}
		return objects;
	}

	private static long used() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
