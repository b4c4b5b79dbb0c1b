package io.weakref.benchmark;

import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;

/**
 * The cost and the duration of removing dead entries, and the cost of sweeping if nothing
 * dies. Run by {@link Suite} in a separate JVM. The CPU time is that of the whole JVM,
 * from the request for the garbage collection to the last removal, minus that of a garbage
 * collection just before, while all values were alive. So it includes the reference
 * handler and the garbage collector's work on dead references.
 */
final class Purging {

	private static final int ROUNDS = 5;

	/** The first rounds warm the JVM up. */
	private static final int WARMUP = 2;

	private static final long PATIENCE_NANOS = 20_000_000_000L;

	private static final long OVERHEAD_NANOS = 15_000_000_000L;

	private static final int GARBAGE_BYTES = 64 * 1024;

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private final Contender contender;

	private long cpu;

	private long nanos;

	private Purging(Contender contender) {
		this.contender = contender;
	}

	public static void main(String... args) {
		Purging measured = new Purging(Contender.valueOf(args[0]));
		measured.purges(10_000, "10k");
		measured.purges(Suite.MILLION, "1M");
		if (measured.isByItself()) {
			measured.sweepOverhead();
		}
	}

	private boolean isByItself() {
		return this.contender == Contender.WEAKREF || this.contender == Contender.WEAKREF_STATS;
	}

	private void purges(int size, String label) {
		this.cpu = 0;
		this.nanos = 0;
		for (int round = -WARMUP; round < ROUNDS; round++) {
			purge(size, round >= 0);
		}
		if (size == Suite.MILLION) {
			// The CPU clock of the process is too coarse for fewer.
			Suite.print(this.contender, "CPU ns per purged entry, " + label, this.cpu / (double) ROUNDS / size);
		}
		Suite.print(this.contender, "ms from the collection to the last removal, " + label,
				this.nanos / 1e6 / ROUNDS);
	}

	private void purge(int size, boolean counts) {
		Store store = this.contender.weakValues();
		Object[] keys = Keys.shuffled(size, 0);
		long alive = fill(store, keys);
		long start = SYSTEM.getProcessCpuTime();
		System.gc();
		long collected = System.nanoTime();
		while (store.size() > 0) {
			if (!isByItself()) {
				store.purge();
			}
			if (System.nanoTime() - collected > PATIENCE_NANOS) {
				throw new IllegalStateException(store.size() + " entries were never removed");
			}
			LockSupport.parkNanos(1_000_000);
		}
		if (counts) {
			this.nanos += System.nanoTime() - collected;
			this.cpu += SYSTEM.getProcessCpuTime() - start - alive;
		}
		Footprint.sink = keys;
	}

	/**
	 * In a method of its own, so that no variable of the caller holds a value.
	 * @return the CPU time of a garbage collection while they are alive
	 */
	private static long fill(Store store, Object[] keys) {
		Object[] values = Suite.objects(keys.length);
		Filling.fill(store, keys, values);
		Footprint.sink = values;
		long start = SYSTEM.getProcessCpuTime();
		System.gc();
		long cpu = SYSTEM.getProcessCpuTime() - start;
		Footprint.sink = null;
		return cpu;
	}

	private void sweepOverhead() {
		Store store = this.contender.weakValues();
		Object[] keys = Keys.shuffled(Suite.MILLION, 0);
		Object[] values = Suite.objects(Suite.MILLION);
		Filling.fill(store, keys, values);
		long collections = Filling.collections();
		long cpu = drainThreadCpu();
		long start = System.nanoTime();
		while (System.nanoTime() - start < OVERHEAD_NANOS) {
			Footprint.sink = new byte[GARBAGE_BYTES];
		}
		double seconds = (System.nanoTime() - start) / 1e9;
		Suite.print(this.contender, "collections per second while nothing dies",
				(Filling.collections() - collections) / seconds);
		Suite.print(this.contender, "% of a core for sweeping 1M where nothing dies",
				(drainThreadCpu() - cpu) / 1e9 / seconds * 100);
		Footprint.sink = new Object[] { store, keys, values };
	}

	static long drainThreadCpu() {
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

}
