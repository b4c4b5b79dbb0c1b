package io.weakref.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.weakref.collection.WeakValueDictionary;

/**
 * The time to store and to find 100,000 keys that have the same hash code and can be
 * compared with each other, as an attacker would choose them. The contenders take turns
 * in one JVM; medians are printed.
 */
public final class CollidingKeys {

	private static final int COUNT = 100_000;

	private static final int WARMUP = 3;

	private static final int ROUNDS = 7;

	private CollidingKeys() {
	}

	/**
	 * Measure.
	 * @param args none
	 */
	public static void main(String... args) {
		Map<String, Supplier<Map<Object, Object>>> contenders = new LinkedHashMap<>();
		contenders.put("strong `ConcurrentHashMap`", ConcurrentHashMap::new);
		contenders.put("this", WeakValueDictionary::new);
		contenders.put("this, with statistics", () -> WeakValueDictionary.builder().recordStats(true).build());
		Map<String, List<Double>> puts = new LinkedHashMap<>();
		Map<String, List<Double>> gets = new LinkedHashMap<>();
		Map<String, List<Double>> loads = new LinkedHashMap<>();
		// Nothing dies, so that no thread removes entries while a call is measured.
		List<Object> kept = new ArrayList<>();
		Footprint.sink = kept;
		for (int round = -Figures.repeats(WARMUP); round < Figures.repeats(ROUNDS); round++) {
			int first = round * COUNT;
			boolean counts = round >= 0;
			contenders.forEach((column, contender) -> {
				Object[] values = Suite.objects(COUNT);
				Map<Object, Object> map = contender.get();
				add(counts, puts, column, () -> {
					for (int i = 0; i < COUNT; i++) {
						map.put(new Key(first + i), values[i]);
					}
				});
				add(counts, gets, column, () -> {
					for (int i = 0; i < COUNT; i++) {
						require(map.get(new Key(first + i)) == values[i]);
					}
				});
				map.clear();
				add(counts, loads, column, () -> {
					for (int i = 0; i < COUNT; i++) {
						Object value = values[i];
						require(map.get(new Key(first + i)) == null);
						require(map.computeIfAbsent(new Key(first + i), (key) -> value) == value);
					}
				});
				kept.add(List.of(map, values));
			});
		}
		print("`put` of all, ms", puts);
		print("`get` of all, ms", gets);
		print("`get`, miss, and `computeIfAbsent` of all, ms", loads);
	}

	private static void add(boolean counts, Map<String, List<Double>> figures, String column, Runnable calls) {
		long start = System.nanoTime();
		calls.run();
		double millis = (System.nanoTime() - start) / 1e6;
		if (counts) {
			figures.computeIfAbsent(column, (name) -> new ArrayList<>()).add(millis);
		}
	}

	private static void print(String row, Map<String, List<Double>> figures) {
		figures.forEach((column, millis) -> Figures.print(row, column, ResultTable.median(millis)));
	}

	private static void require(boolean condition) {
		if (!condition) {
			throw new IllegalStateException("A key has another value");
		}
	}

	/** Of the same class as all others, so that it can be ordered. */
	private record Key(int number) implements Comparable<Key> {

		@Override
		public int compareTo(Key other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public int hashCode() {
			return 42;
		}

	}

}
