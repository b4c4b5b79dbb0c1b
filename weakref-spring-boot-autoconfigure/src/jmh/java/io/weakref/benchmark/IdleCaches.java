package io.weakref.benchmark;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;

/**
 * The cost of unused caches: their memory with some entries each, and the CPU time of the
 * whole JVM while nothing happens. Run by {@link Group} in a separate JVM; a contender
 * without a thread shows what a JVM takes by itself.
 */
final class IdleCaches {

	private static final int ENTRIES = 10;

	private static final int SECONDS = 20;

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private IdleCaches() {
	}

	/**
	 * Measure one contender.
	 * @param args its name and the number of caches
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String... args) throws InterruptedException {
		Contender contender = Contender.valueOf(args[0]);
		int count = Integer.parseInt(args[1]);
		String label = (count == 1) ? "1 cache" : String.format(Locale.ROOT, "%,d caches", count);
		Object[][] keys = new Object[count][];
		Object[][] values = new Object[count][];
		for (int i = 0; i < count; i++) {
			keys[i] = Keys.shuffled(ENTRIES, i * ENTRIES);
			values[i] = Suite.objects(ENTRIES);
		}
		Object[] stores = new Object[count];
		Store warmup = filled(contender, keys[0], values[0]);
		// By now the JIT compiler is idle, and what the first cache makes the JVM do is
		// done.
		TimeUnit.SECONDS.sleep(Figures.isSmoke() ? 1 : 10);
		long before = Footprint.used();
		for (int i = 0; i < count; i++) {
			stores[i] = filled(contender, keys[i], values[i]);
		}
		double bytes = (Footprint.used() - before) / (double) count;
		if (count > 1) {
			Suite.print(contender, "bytes of a cache with " + ENTRIES + " entries, of " + label, bytes);
		}
		// Wait until the work after a garbage collection is over.
		TimeUnit.SECONDS.sleep(Figures.isSmoke() ? 1 : 15);
		int seconds = Figures.isSmoke() ? 1 : SECONDS;
		long cpu = SYSTEM.getProcessCpuTime();
		long drainThread = Purging.drainThreadCpu();
		TimeUnit.SECONDS.sleep(seconds);
		cpu = SYSTEM.getProcessCpuTime() - cpu;
		drainThread = Purging.drainThreadCpu() - drainThread;
		Suite.print(contender, "CPU of the JVM while idle, " + label + ", ms a second", cpu / 1e6 / seconds);
		if (contender.isOurs()) {
			Suite.print(contender, "of it the cleaner's thread, " + label + ", ms a second",
					drainThread / 1e6 / seconds);
		}
		Footprint.sink = new Object[] { keys, values, stores, warmup };
	}

	private static Store filled(Contender contender, Object[] keys, Object[] values) {
		Store store = contender.weakValues();
		for (int i = 0; i < keys.length; i++) {
			store.put(keys[i], values[i]);
		}
		return store;
	}

}
