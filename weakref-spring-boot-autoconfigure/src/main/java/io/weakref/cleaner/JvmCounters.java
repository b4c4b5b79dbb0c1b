package io.weakref.cleaner;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;

/**
 * What the JVM counts, where it was built with the module that tells. Each call costs
 * less than a microsecond.
 */
final class JvmCounters {

	private JvmCounters() {
	}

	/**
	 * Return the number of collections of all collectors. It does not tell all: G1 counts
	 * its concurrent cycles from JDK 20 on.
	 * @return the number of collections so far; 0 where nobody tells
	 */
	static long collections() {
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

	/**
	 * Return the CPU time that the calling thread has used.
	 * @return the time in nanoseconds; where nobody tells, the time that has passed
	 */
	static long cpuNanos() {
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
