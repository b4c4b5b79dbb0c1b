package io.weakref.cleaner;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Reads counters of the JVM. Each call takes less than a microsecond.
 * <p>
 * An enum rather than three method references: the first method reference of a JVM takes
 * longer than everything else that the first weak collection needs.
 */
enum JvmCounter implements LongSupplier {

	/** {@link System#nanoTime()}. */
	NANO_TIME,

	/**
	 * The number of garbage collections so far, of all garbage collectors; 0 if the JVM
	 * was built without the management module. The number is incomplete: G1 counts its
	 * concurrent cycles only since JDK 20.
	 */
	COLLECTIONS,

	/**
	 * The CPU time that the calling thread has used, in nanoseconds; elapsed time if the
	 * JVM does not measure CPU time.
	 */
	CPU_NANOS;

	@Override
	public long getAsLong() {
		if (this == COLLECTIONS) {
			return collections();
		}
		return (this == CPU_NANOS) ? cpuNanos() : System.nanoTime();
	}

	private static long collections() {
		try {
			long count = 0;
			for (GarbageCollectorMXBean collector : Management.COLLECTORS) {
				count += Math.max(0, collector.getCollectionCount());
			}
			return count;
		}
		catch (LinkageError ex) {
			return 0;
		}
	}

	private static long cpuNanos() {
		try {
			if (Management.CPU_TIME) {
				long nanos = Management.THREADS.getCurrentThreadCpuTime();
				if (nanos >= 0) {
					return nanos;
				}
			}
		}
		catch (LinkageError ex) {
			// As if it were not supported.
		}
		return System.nanoTime();
	}

	/** Loaded only if the management module is present. */
	private static final class Management {

		private static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();

		private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

		private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported()
				&& THREADS.isThreadCpuTimeEnabled();

		private Management() {
		}

	}

}
