package io.weakref.collection;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weakref.benchmark.Figures;
import io.weakref.cleaner.WeakCleaner;

/**
 * The cost of what the drain thread does for held values: scanning a million of them when
 * none is due, and letting go of a million. Time passes only when this class advances it,
 * one tick at a time. The CPU time is that of the measuring thread, which does the work
 * here. It is compared with Caffeine's {@code expireAfterAccess}, which looks only at the
 * oldest entry and removes entries, whereas the window lets go of values.
 */
public final class HoldScans {

	private static final int SIZE = 1_000_000;

	private static final int WARMUP = 3;

	private static final int ROUNDS = 5;

	private static final Duration HOLD_FOR = Duration.ofMinutes(10);

	private static final int TICKS_TO_HOLD = 32;

	/** A number of steps that only a tick with a scan exceeds. */
	private static final int SCAN_STEPS = 100;

	private final AtomicLong time = new AtomicLong();

	private final Object[] keys = Figures.keys(SIZE);

	private final Object[] values = Figures.objects(SIZE);

	private HoldScans() {
	}

	/**
	 * Measure.
	 * @param args none
	 */
	public static void main(String... args) {
		HoldScans scans = new HoldScans();
		for (int round = -Figures.repeats(WARMUP); round < Figures.repeats(ROUNDS); round++) {
			scans.caffeine(round >= 0);
			scans.held(round >= 0);
		}
	}

	private void held(boolean counts) {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("hold-scans").build()) {
			WeakValueDictionary<Object, Object> dictionary = WeakValueDictionary.builder()
				.cleaner(cleaner)
				.holdFor(HOLD_FOR)
				.time(this.time::get, 0)
				.build();
			HoldWindow window = Objects.requireNonNull(dictionary.table().hold());
			for (int i = 0; i < SIZE; i++) {
				dictionary.put(this.keys[i], this.values[i]);
			}
			List<Double> scans = new ArrayList<>();
			for (int tick = 0; tick < 3 * TICKS_TO_HOLD; tick++) {
				if (tick % (TICKS_TO_HOLD / 2) == 0) {
					for (Object key : this.keys) {
						Objects.requireNonNull(dictionary.get(key));
					}
				}
				double millis = scan(window);
				if (millis >= 0) {
					scans.add(millis);
				}
			}
			require(dictionary.heldCount() == SIZE, "All are held");
			double letGo = 0;
			while (dictionary.heldCount() > 0) {
				letGo += Math.max(0, scan(window));
			}
			require(dictionary.holdStats().releasedByTime() == SIZE, "Time has let go of all");
			for (Object key : this.keys) {
				Objects.requireNonNull(dictionary.get(key));
			}
			long start = cpu();
			dictionary.releaseHeld();
			double releaseHeld = (cpu() - start) / 1e6;
			require(dictionary.heldCount() == 0, "All are released");
			if (counts) {
				print("this", scans.stream().mapToDouble(Double::doubleValue).average().orElseThrow(), letGo, releaseHeld);
			}
		}
	}

	/**
	 * Let a tick pass, and do what is then due. The drain thread does not interfere.
	 * @return the CPU time in milliseconds if the values were scanned, otherwise -1
	 */
	private double scan(HoldWindow window) {
		synchronized (window) {
			this.time.addAndGet(HOLD_FOR.toNanos() / TICKS_TO_HOLD);
			long start = cpu();
			int steps = 0;
			while (window.step() == 0) {
				steps++;
			}
			return (steps > SCAN_STEPS) ? (cpu() - start) / 1e6 : -1;
		}
	}

	private void caffeine(boolean counts) {
		Cache<Object, Object> cache = Caffeine.newBuilder()
			.expireAfterAccess(HOLD_FOR)
			.ticker(this.time::get)
			.executor(Runnable::run)
			.build();
		fill(cache);
		this.time.addAndGet(HOLD_FOR.toNanos() / 2);
		double scan = cleanUp(cache);
		require(cache.estimatedSize() == SIZE, "All are cached");
		this.time.addAndGet(HOLD_FOR.toNanos());
		double letGo = cleanUp(cache);
		require(cache.estimatedSize() == 0, "All have expired");
		fill(cache);
		long start = cpu();
		cache.invalidateAll();
		double invalidateAll = (cpu() - start) / 1e6;
		if (counts) {
			print("Caffeine, `expireAfterAccess`", scan, letGo, invalidateAll);
		}
	}

	private void fill(Cache<Object, Object> cache) {
		for (int i = 0; i < SIZE; i++) {
			cache.put(this.keys[i], this.values[i]);
		}
		cache.cleanUp();
	}

	private static double cleanUp(Cache<?, ?> cache) {
		long start = cpu();
		cache.cleanUp();
		return (cpu() - start) / 1e6;
	}

	private static void print(String column, double scan, double letGo, double all) {
		Figures.print("1M held, none due, CPU ms", column, scan);
		Figures.print("release of 1M that are due, CPU ms", column, letGo);
		Figures.print("`releaseHeld()` or `invalidateAll()` of 1M, CPU ms", column, all);
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new IllegalStateException("Not so: " + what);
		}
	}

	private static long cpu() {
		return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
	}

}
