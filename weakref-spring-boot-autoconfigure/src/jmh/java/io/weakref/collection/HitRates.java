package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weakref.benchmark.Figures;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * The share of requests that find their value if {@code hold-max} is 5 % of the number of
 * keys and nothing else holds a value: a simulation, compared with exact LRU and
 * Caffeine's {@code maximumSize}. The requests are the same for all contenders and in
 * every run.
 * <p>
 * If nothing else holds a value, it counts as dead as soon as it is let go. So a hit is by
 * definition a request whose value is held at that moment: the simulation uses a
 * {@link HoldWindow} as a table does, with one {@link HoldNode} for each key, and asks it.
 * Garbage collections play no role. In an application a value that was let go can still be
 * found until the next garbage collection, so there are more hits.
 */
public final class HitRates {

	private static final int KEYS = 100_000;

	private static final int MAX = KEYS / 20;

	private static final int REQUESTS = 4_000_000;

	/** The number of first requests that are not counted, while the caches fill. */
	private static final int WARMUP = REQUESTS / 10;

	/** The number of requests after which the popularity drifts, or a scan begins. */
	private static final int PHASE = 50_000;

	/** The number of most popular keys that become the least popular in a drift. */
	private static final int DRIFT = 500;

	/** The number of requests after which the popularity changes abruptly. */
	private static final int ERA = 200_000;

	/** The number of keys that become the least popular in an abrupt change. */
	private static final int CHANGE = 10_000;

	/** The number of keys that a scan reads, each once. */
	private static final int SCAN = 10_000;

	private static final double EXPONENT = 0.99;

	private HitRates() {
	}

	/**
	 * Simulate.
	 * @param args none
	 */
	public static void main(String... args) {
		for (Workload workload : Workload.values()) {
			String row = workload.label + ", % hits";
			Figures.print(row, "LRU, exact", rate(workload, lru()));
			Figures.print(row, "Caffeine, `maximumSize`", rate(workload, caffeine()));
			try (WeakCleaner cleaner = WeakCleaner.builder().threadName("hit-rates").build()) {
				Figures.print(row, "this, `hold-max`", rate(workload, window(cleaner)));
			}
		}
	}

	private static double rate(Workload workload, IntPredicate cache) {
		int[] requests = workload.requests();
		int hits = 0;
		for (int i = 0; i < requests.length; i++) {
			boolean hit = cache.test(requests[i]);
			if (hit && i >= WARMUP) {
				hits++;
			}
		}
		return 100.0 * hits / (requests.length - WARMUP);
	}

	private static IntPredicate lru() {
		Map<Integer, Boolean> map = new LinkedHashMap<>(16, 0.75F, true) {

			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
				return size() > MAX;
			}

		};
		return (key) -> map.put(key, Boolean.TRUE) != null;
	}

	private static IntPredicate caffeine() {
		Cache<Integer, Boolean> cache = Caffeine.newBuilder().maximumSize(MAX).executor(Runnable::run).build();
		return (key) -> {
			boolean hit = cache.getIfPresent(key) != null;
			if (!hit) {
				cache.put(key, Boolean.TRUE);
			}
			return hit;
		};
	}

	private static IntPredicate window(WeakCleaner cleaner) {
		Object owner = new Object();
		HoldWindow window = new HoldWindow(Long.MAX_VALUE, MAX, cleaner, new WeakReference<>(owner), System::nanoTime,
				0);
		@Nullable HoldNode[] nodes = new HoldNode[KEYS];
		return (key) -> {
			HoldNode node = nodes[key];
			boolean hit = node != null && node.isHeld();
			if (node == null || !hit) {
				// As after a death, the load stores a new value in a new node.
				node = new HoldNode(Integer.hashCode(key), key, owner);
				nodes[key] = node;
			}
			window.use(node, owner);
			return hit;
		};
	}

	private enum Workload {

		ZIPF("Zipf 0.99"), DRIFTING("Zipf 0.99, popularity drifts"),
		CHANGING("Zipf 0.99, popularity changes at once"), SCANS("Zipf 0.99, with scans");

		private final String label;

		Workload(String label) {
			this.label = label;
		}

		int[] requests() {
			SplittableRandom random = new SplittableRandom(42);
			int[] keys = permutation();
			double[] cumulative = cumulative();
			int[] requests = new int[REQUESTS];
			int shift = 0;
			int scanned = 0;
			for (int i = 0; i < REQUESTS; i++) {
				int within = i % PHASE;
				if (this == DRIFTING && within == 0) {
					shift += DRIFT;
				}
				if (this == CHANGING && i % ERA == 0) {
					shift += CHANGE;
				}
				if (this == SCANS && within < SCAN) {
					requests[i] = scanned++ % KEYS;
				}
				else {
					requests[i] = keys[(rank(cumulative, random.nextDouble()) + shift) % KEYS];
				}
			}
			return requests;
		}

		/** A random order of the keys, so that popular keys are not neighbours. */
		private static int[] permutation() {
			List<Integer> keys = new ArrayList<>();
			for (int i = 0; i < KEYS; i++) {
				keys.add(i);
			}
			Collections.shuffle(keys, new Random(7));
			return keys.stream().mapToInt(Integer::intValue).toArray();
		}

		private static double[] cumulative() {
			double[] cumulative = new double[KEYS];
			double sum = 0;
			for (int rank = 0; rank < KEYS; rank++) {
				sum += 1 / Math.pow(rank + 1, EXPONENT);
				cumulative[rank] = sum;
			}
			for (int rank = 0; rank < KEYS; rank++) {
				cumulative[rank] /= sum;
			}
			return cumulative;
		}

		private static int rank(double[] cumulative, double random) {
			int low = 0;
			int high = KEYS - 1;
			while (low < high) {
				int middle = (low + high) >>> 1;
				if (cumulative[middle] < random) {
					low = middle + 1;
				}
				else {
					high = middle;
				}
			}
			return low;
		}

	}

}
