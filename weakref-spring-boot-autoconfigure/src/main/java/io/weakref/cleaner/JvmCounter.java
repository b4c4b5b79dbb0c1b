package io.weakref.cleaner;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Reads what the JVM counts. Each call takes less than a microsecond.
 * <p>
 * An enum, not three method references: the first of those in a JVM takes longer than all
 * else that a first collection needs.
 */
enum JvmCounter implements LongSupplier {

	/** {@link System#nanoTime()}. */
	NANO_TIME,

	/**
	 * The number of garbage collections so far, of all collectors; 0 where the JVM was
	 * built without the management module. It is incomplete: G1 counts its concurrent
	 * cycles from JDK 20 on.
	 */
	COLLECTIONS,

	/**
	 * The CPU time that the calling thread has used, in nanoseconds; the time that has
	 * passed where the JVM does not measure the former.
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

	/** Loaded only where the module is there. */
	private static final class Management {

		private static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();

		private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

		private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported()
				&& THREADS.isThreadCpuTimeEnabled();

		private Management() {
		}

	}

}
