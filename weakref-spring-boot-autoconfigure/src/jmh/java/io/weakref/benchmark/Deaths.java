package io.weakref.benchmark;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;

/**
 * The cost of registering actions for many objects, and of running them after all those
 * objects have died. All registrars take turns in one JVM; medians are printed. The CPU
 * time is that of the whole JVM, from the request for the garbage collection to the last
 * action, minus that of a garbage collection just before, while all objects were alive.
 */
public final class Deaths {

	private static final int ROUNDS = 7;

	/** The first rounds warm the JVM up. */
	private static final int WARMUP = 3;

	/** The CPU clock of the process is too coarse for fewer deaths at a time. */
	private static final int MIN_CPU_SIZE = 1_000_000;

	private static final long PATIENCE_NANOS = 60_000_000_000L;

	private static final int PER_THREAD = 100_000;

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private final Map<String, Map<Registrar, List<Double>>> figures = new LinkedHashMap<>();

	private Deaths() {
	}

	/**
	 * Measure all registrars.
	 * @param args how many objects die at once: 10,000 and 1M if nothing is given
	 * @throws Exception if it fails
	 */
	public static void main(String... args) throws Exception {
		Deaths deaths = new Deaths();
		List<String> sizes = (args.length > 0) ? List.of(args) : List.of("10000", "1000000");
		for (String size : sizes) {
			for (int round = -Figures.repeats(WARMUP); round < Figures.repeats(ROUNDS); round++) {
				for (Registrar registrar : Registrar.values()) {
					deaths.measure(registrar, Integer.parseInt(size), round >= 0);
				}
			}
		}
		for (int round = -Figures.repeats(WARMUP); round < Figures.repeats(ROUNDS); round++) {
			for (Registrar registrar : Registrar.values()) {
				deaths.threads(registrar, round >= 0);
			}
		}
		deaths.print();
		System.exit(0);
	}

	private void measure(Registrar registrar, int size, boolean counts) {
		LongAdder ran = new LongAdder();
		Object[] held = new Object[size];
		String label = " of " + String.format(Locale.ROOT, "%,d", size);
		double alive = register(registrar, held, ran, label, counts);
		long start = SYSTEM.getProcessCpuTime();
		System.gc();
		long collected = System.nanoTime();
		await(ran, size);
		if (counts) {
			add("from a collection to the last action" + label + ", ms", registrar, (System.nanoTime() - collected) / 1e6);
			if (size >= MIN_CPU_SIZE) {
				add("CPU of the JVM for a death" + label + ", ns", registrar, (SYSTEM.getProcessCpuTime() - start - alive) / size);
			}
		}
		Footprint.sink = held;
	}

	/**
	 * In a method of its own, so that no variable of the caller holds a referent.
	 * @return the CPU time of a garbage collection while they are alive
	 */
	private double register(Registrar registrar, Object[] held, LongAdder ran, String label, boolean counts) {
		int size = held.length;
		Registrar.Action action = ran::increment;
		Object[] referents = Suite.objects(size);
		Footprint.sink = referents;
		long before = Footprint.used();
		long start = System.nanoTime();
		for (int i = 0; i < size; i++) {
			held[i] = registrar.register(referents[i], action);
		}
		double nanos = (System.nanoTime() - start) / (double) size;
		long cpu = SYSTEM.getProcessCpuTime();
		long after = Footprint.used();
		cpu = SYSTEM.getProcessCpuTime() - cpu;
		if (counts) {
			add("register one" + label + ", ns", registrar, nanos);
			add("bytes for one" + label, registrar, (after - before) / (double) size);
		}
		Footprint.sink = null;
		return cpu / 2.0;
	}

	private static void await(LongAdder ran, int size) {
		long start = System.nanoTime();
		while (ran.sum() < size) {
			if (System.nanoTime() - start > PATIENCE_NANOS) {
				throw new IllegalStateException((size - ran.sum()) + " actions never ran");
			}
			LockSupport.parkNanos(200_000);
		}
	}

	private void threads(Registrar registrar, boolean counts) throws Exception {
		double one = register(registrar, 1);
		double two = register(registrar, 2);
		if (counts) {
			add("registered by two threads while one registers 1", registrar, 2 * one / two);
		}
	}

	/**
	 * Nothing is left when this returns, so that nothing dies while something else is
	 * measured.
	 * @return how long it took
	 */
	private static double register(Registrar registrar, int threads) throws Exception {
		LongAdder ran = new LongAdder();
		List<Object[]> held = new ArrayList<>();
		double nanos = register(registrar, threads, held, ran);
		Footprint.sink = held;
		System.gc();
		await(ran, threads * PER_THREAD);
		return nanos;
	}

	private static double register(Registrar registrar, int threads, List<Object[]> held, LongAdder ran)
			throws Exception {
		Registrar.Action action = ran::increment;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CyclicBarrier start = new CyclicBarrier(threads);
		List<Object[]> all = new ArrayList<>();
		List<Future<Double>> results = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			Object[] referents = Suite.objects(PER_THREAD);
			Object[] mine = new Object[PER_THREAD];
			all.add(referents);
			held.add(mine);
			results.add(executor.submit(() -> {
				start.await();
				long begin = System.nanoTime();
				for (int i = 0; i < PER_THREAD; i++) {
					mine[i] = registrar.register(referents[i], action);
				}
				return (double) (System.nanoTime() - begin);
			}));
		}
		Footprint.sink = all;
		double nanos = 0;
		for (Future<Double> result : results) {
			nanos = Math.max(nanos, result.get());
		}
		executor.shutdown();
		executor.awaitTermination(1, TimeUnit.MINUTES);
		return nanos;
	}

	private void add(String figure, Registrar registrar, double value) {
		this.figures.computeIfAbsent(figure, (name) -> new EnumMap<>(Registrar.class))
			.computeIfAbsent(registrar, (name) -> new ArrayList<>())
			.add(value);
	}

	private void print() {
		this.figures.forEach((figure, cells) -> cells
			.forEach((registrar, values) -> Figures.print(figure, registrar.label(), ResultTable.median(values))));
	}

}
