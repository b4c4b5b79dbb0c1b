package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests of what both dictionaries promise. The tags have the numbers of the promises.
 * Entry {@code n} is the key {@code n} with the value {@code -n}. The test holds the
 * strong side of every entry, so that only the weak side decides.
 */
abstract class WeakDictionaryContract {

	/**
	 * A closed cleaner: its weak collections purge only in their own insertions and in
	 * {@code purge()}.
	 */
	static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	static {
		CLOSED.close();
	}

	final WeakDictionary<Sample, Sample> map = create(CLOSED);

	/** The objects that must not die. */
	final List<Object> held = new ArrayList<>();

	abstract WeakDictionary<Sample, Sample> create(WeakCleaner cleaner);

	/** Store an entry whose weak side only the returned object holds. */
	abstract Object store(WeakDictionary<Sample, Sample> map, Sample key, Sample value);

	final Object store(int number) {
		return store(this.map, new Sample(number), new Sample(-number));
	}

	/** Store entries that stay alive. */
	final void storeLive(int... numbers) {
		for (int number : numbers) {
			this.held.add(store(number));
		}
	}

	/** Store entries and let them die; they are not purged. */
	final void storeDead(int... numbers) {
		for (int number : numbers) {
			store(number);
		}
		GarbageCollection.collect();
	}

	/** More entries than those for which {@code size()} counts only live ones. */
	private static int[] many(int from) {
		return IntStream.range(from, from + 10).toArray();
	}

	static Sample sample(int number) {
		return new Sample(number);
	}

	// 25

	@Test
	@Tag("promise-25")
	void aDeadEntryIsInvisibleToEveryLookup() {
		storeLive(1);
		storeDead(many(2));
		assertThat(this.map.size()).isEqualTo(11);
		assertThat(this.map.get(sample(2))).isNull();
		assertThat(this.map.containsKey(sample(2))).isFalse();
		assertThat(this.map.containsValue(sample(-2))).isFalse();
		assertThat(this.map.keySet().contains(sample(2))).isFalse();
		assertThat(this.map.values().contains(sample(-2))).isFalse();
		assertThat(this.map.entrySet().contains(Map.entry(sample(2), sample(-2)))).isFalse();
		assertThat(this.map.get(sample(1))).isEqualTo(sample(-1));
		assertThat(this.map.containsKey(sample(1))).isTrue();
		assertThat(this.map.containsValue(sample(-1))).isTrue();
		assertThat(this.map.entrySet().contains(Map.entry(sample(1), sample(-1)))).isTrue();
	}

	@Test
	@Tag("promise-25")
	void aDeadEntryIsInvisibleToEveryIteration() {
		storeLive(1);
		storeDead(many(2));
		assertThat(this.map.size()).isEqualTo(11);
		assertThat(new ArrayList<>(this.map.keySet())).containsExactly(sample(1));
		assertThat(new ArrayList<>(this.map.values())).containsExactly(sample(-1));
		assertThat(new ArrayList<>(this.map.entrySet())).containsExactly(Map.entry(sample(1), sample(-1)));
		Map<Sample, Sample> seen = new HashMap<>();
		this.map.forEach(seen::put);
		assertThat(seen).containsOnly(Map.entry(sample(1), sample(-1)));
		assertThat(this.map.toString()).isEqualTo("{sample1=sample-1}");
		assertThat(this.map.keySet().stream().toList()).containsExactly(sample(1));
		this.map.replaceAll((key, value) -> {
			seen.put(key, value);
			return value;
		});
		assertThat(seen).hasSize(1);
	}

	@Test
	@Tag("promise-25")
	void aDeadEntryIsRemovedFromTheTableWithoutACall() {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("sweeping").build()) {
			WeakDictionary<Sample, Sample> swept = create(cleaner);
			for (int i = 0; i < 100; i++) {
				store(swept, sample(i), sample(-i));
			}
			Object kept = store(swept, sample(100), sample(-100));
			GarbageCollection.collect();
			GarbageCollection.await(() -> swept.size() == 1);
			assertThat(swept.stats().purged()).isEqualTo(100);
			assertThat(swept.get(sample(100))).isEqualTo(sample(-100));
			this.held.add(kept);
		}
	}

	@Test
	@Tag("promise-25")
	void withoutACleanerInsertionsRemoveTheDead() {
		storeDead(IntStream.range(0, 100).toArray());
		for (int i = 0; i < 1000; i++) {
			this.held.add(store(7));
		}
		for (int i = 200; i < 300; i++) {
			storeLive(i);
		}
		assertThat(this.map.size()).isEqualTo(101);
	}

	// 27

	@Test
	@Tag("promise-27")
	void anEntryThatIsPutOverADeadOneSurvivesThePurge() {
		storeDead(1);
		Sample key = sample(1);
		Sample value = sample(-11);
		assertThat(this.map.put(key, value)).isNull();
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(1);
		assertThat(this.map.get(sample(1))).isSameAs(value);
		assertThat(this.map.keySet().iterator().next()).isSameAs(key);
		assertThat(this.map.stats().purged()).isEqualTo(1);
	}

	// 29

	@Test
	@Tag("promise-29")
	void purgingNeedsNoEqualityOfKeys() {
		AtomicBoolean purging = new AtomicBoolean();
		WeakDictionary<Object, Object> map = objects();
		for (int i = 0; i < 5; i++) {
			map.put(new Picky(purging), new Picky(purging));
		}
		List<Picky> kept = List.of(new Picky(purging), new Picky(purging));
		map.put(kept.get(0), kept.get(1));
		GarbageCollection.collect();
		purging.set(true);
		map.purge();
		purging.set(false);
		assertThat(map.size()).isEqualTo(1);
		assertThat(map.get(kept.get(0))).isSameAs(kept.get(1));
	}

	@Test
	@Tag("promise-29")
	void aKeyWhoseHashChangedIsPurged() {
		Sample key = sample(1);
		Sample value = sample(-1);
		Object weak = store(this.map, key, value);
		key.hash = 4711;
		assertThat(this.map.get(key)).isNull();
		assertThat(this.map.size()).isEqualTo(1);
		this.held.add(weak);
		storeWithChangedHash(2);
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(1);
		Iterator<Sample> values = this.map.values().iterator();
		assertThat(values.next()).isSameAs(value);
		values.remove();
		assertThat(this.map.size()).isZero();
		this.held.add(key);
	}

	private void storeWithChangedHash(int number) {
		Sample key = sample(number);
		store(this.map, key, sample(-number));
		key.hash = 4711;
	}

	@Test
	@Tag("promise-29")
	void onlyTheDeadAmongCollidingEntriesArePurged() {
		for (int i = 0; i < 64; i++) {
			Object weak = store(this.map, new Sample(i, 1), sample(-i));
			if (i % 3 == 0) {
				this.held.add(weak);
			}
		}
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(22);
		for (int i = 0; i < 64; i++) {
			assertThat(this.map.get(new Sample(i, 1))).isEqualTo((i % 3 == 0) ? sample(-i) : null);
		}
	}

	// 30, 31

	@Test
	@Tag("promise-30")
	void getAndGetOrDefaultReturnTheValueOrTheDefault() {
		storeLive(1);
		storeDead(2);
		Sample other = sample(99);
		assertThat(this.map.getOrDefault(sample(1), other)).isEqualTo(sample(-1));
		assertThat(this.map.getOrDefault(sample(2), other)).isSameAs(other);
		assertThat(this.map.getOrDefault(sample(3), other)).isSameAs(other);
	}

	@Test
	@Tag("promise-31")
	void putRemoveAndReplaceReturnTheLivePreviousValue() {
		storeLive(1);
		storeDead(2, 3, 4);
		Sample value = sample(-5);
		assertThat(this.map.put(sample(2), value)).isNull();
		assertThat(this.map.remove(sample(3))).isNull();
		assertThat(this.map.replace(sample(4), value)).isNull();
		assertThat(this.map.containsKey(sample(4))).isFalse();
		assertThat(this.map.put(sample(1), value)).isEqualTo(sample(-1));
		assertThat(this.map.replace(sample(1), sample(-6))).isSameAs(value);
		this.held.add(value);
	}

	@Test
	@Tag("promise-31")
	void removeReturnsTheValueAndCounts() {
		storeLive(1, 2);
		assertThat(this.map.remove(sample(1))).isEqualTo(sample(-1));
		assertThat(this.map.remove(sample(1))).isNull();
		assertThat(this.map.size()).isEqualTo(1);
	}

	// 32

	@Test
	@Tag("promise-32")
	void putIfAbsentReplacesADeadEntry() {
		storeDead(1);
		Sample key = sample(1);
		Sample value = sample(-11);
		assertThat(this.map.putIfAbsent(key, value)).isNull();
		assertThat(this.map.putIfAbsent(sample(1), sample(-12))).isSameAs(value);
		assertThat(this.map.get(sample(1))).isSameAs(value);
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(1);
		this.held.add(key);
	}

	// 33

	@Tag("slow")
	@Test
	@Timeout(60)
	@Tag("promise-33")
	void computeIfAbsentReturnsWhatItStoredUnderConstantGarbageCollection() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		Thread collector = new Thread(() -> {
			while (!stop.get()) {
				System.gc();
			}
		});
		collector.start();
		try {
			AtomicInteger calls = new AtomicInteger();
			// Repeated until values have died and were computed again, however slow the
			// garbage collector is.
			for (int i = 0; i < 20_000 || calls.get() <= 20; i++) {
				int number = i % 10;
				Sample value = this.map.computeIfAbsent(sample(number), (key) -> {
					calls.incrementAndGet();
					return sample(-number);
				});
				assertThat(value).isNotNull().isEqualTo(sample(-number));
			}
			assertThat(calls.get()).isGreaterThan(10);
		}
		finally {
			stop.set(true);
			collector.join();
		}
	}

	@Test
	@Tag("promise-33")
	void computeIfAbsentRunsTheFunctionOncePerInsertion() throws Exception {
		int threads = 8;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			for (int round = 0; round < 300; round++) {
				Sample key = new Sample(round, round % 5);
				AtomicInteger calls = new AtomicInteger();
				CountDownLatch start = new CountDownLatch(1);
				Callable<Sample> task = () -> {
					start.await();
					return this.map.computeIfAbsent(key, (k) -> new Sample(-calls.incrementAndGet()));
				};
				List<Future<Sample>> results = new ArrayList<>();
				for (int i = 0; i < threads; i++) {
					results.add(executor.submit(task));
				}
				start.countDown();
				Set<Sample> values = Collections.newSetFromMap(new IdentityHashMap<>());
				for (Future<Sample> result : results) {
					values.add(result.get());
				}
				assertThat(values).hasSize(1);
				assertThat(calls).hasValue(1);
				this.held.add(key);
				this.held.addAll(values);
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(this.map.size()).isEqualTo(300);
	}

	@Test
	@SuppressWarnings("NullAway") // null stores nothing
	@Tag("promise-33")
	void computeIfAbsentStoresNothingForNullOrAnException() {
		storeDead(1);
		for (int number : new int[] { 1, 2 }) {
			Sample nothing = this.map.computeIfAbsent(sample(number), (key) -> null);
			assertThat(nothing).isNull();
			assertThatIllegalStateException().isThrownBy(() -> this.map.computeIfAbsent(sample(number), (key) -> {
				throw new IllegalStateException("no value");
			})).withMessage("no value");
			assertThat(this.map.containsKey(sample(number))).isFalse();
			this.map.purge();
			assertThat(this.map.size()).isZero();
		}
		Sample key = sample(2);
		assertThat(this.map.computeIfAbsent(key, (k) -> sample(-2))).isEqualTo(sample(-2));
		this.held.add(key);
	}

	@Test
	@Tag("promise-33")
	void computeIfAbsentReturnsAPresentValueWithoutTheFunction() {
		storeLive(1);
		assertThat(this.map.computeIfAbsent(sample(1), (key) -> {
			throw new AssertionError("present");
		})).isEqualTo(sample(-1));
	}

	// 34

	@Test
	@Tag("promise-34")
	void theComputingMethodsTreatADeadEntryAsAbsent() {
		storeDead(1, 2, 3);
		Sample value = sample(-9);
		Sample key = sample(1);
		assertThat(this.map.compute(key, (k, old) -> {
			assertThat(old).isNull();
			return value;
		})).isSameAs(value);
		assertThat(this.map.computeIfPresent(sample(2), (k, old) -> {
			throw new AssertionError("dead");
		})).isNull();
		Sample third = sample(3);
		assertThat(this.map.merge(third, value, (old, given) -> {
			throw new AssertionError("dead");
		})).isSameAs(value);
		this.map.purge();
		assertThat(this.map).containsOnly(Map.entry(sample(1), value), Map.entry(sample(3), value));
		assertThat(this.map.size()).isEqualTo(2);
		this.held.add(key);
		this.held.add(third);
	}

	@Test
	@Tag("promise-34")
	void theComputingMethodsSeeReplaceAndRemoveTheLiveValue() {
		storeLive(1);
		Sample second = sample(-21);
		Sample third = sample(-31);
		assertThat(this.map.compute(sample(1), (k, old) -> {
			assertThat(old).isEqualTo(sample(-1));
			return second;
		})).isSameAs(second);
		assertThat(this.map.computeIfPresent(sample(1), (k, old) -> {
			assertThat(old).isSameAs(second);
			return third;
		})).isSameAs(third);
		assertThat(this.map.merge(sample(1), second, (old, given) -> {
			assertThat(old).isSameAs(third);
			assertThat(given).isSameAs(second);
			return given;
		})).isSameAs(second);
		assertThat(this.map.size()).isEqualTo(1);
		assertThat(this.map.compute(sample(1), (k, old) -> null)).isNull();
		assertThat(this.map.size()).isZero();
		assertThat(this.map.get(sample(1))).isNull();
	}

	@Test
	@Tag("promise-34")
	void aFunctionThatThrowsLeavesTheEntryAsItWas() {
		storeLive(1);
		assertThatIllegalStateException().isThrownBy(() -> this.map.compute(sample(1), (k, old) -> {
			throw new IllegalStateException("failed");
		})).withMessage("failed");
		assertThatIllegalStateException().isThrownBy(() -> this.map.merge(sample(1), sample(2), (old, given) -> {
			throw new IllegalStateException("failed");
		})).withMessage("failed");
		assertThat(this.map.get(sample(1))).isEqualTo(sample(-1));
		assertThat(this.map.size()).isEqualTo(1);
		Sample next = sample(-2);
		assertThat(this.map.put(sample(1), next)).isEqualTo(sample(-1));
	}

	// 35

	@Test
	@Tag("promise-35")
	void conditionalRemoveAndReplaceReturnFalseForADeadEntry() {
		storeDead(1);
		assertThat(this.map.remove(sample(1), sample(-1))).isFalse();
		assertThat(this.map.replace(sample(1), sample(-1), sample(-2))).isFalse();
		assertThat(this.map.containsKey(sample(1))).isFalse();
	}

	@Test
	@Tag("promise-35")
	void conditionalRemoveAndReplaceCompareTheValue() {
		storeLive(1);
		Sample next = sample(-2);
		assertThat(this.map.remove(sample(1), next)).isFalse();
		assertThat(this.map.replace(sample(1), next, sample(-3))).isFalse();
		assertThat(this.map.get(sample(1))).isEqualTo(sample(-1));
		assertThat(this.map.replace(sample(1), sample(-1), next)).isTrue();
		assertThat(this.map.get(sample(1))).isSameAs(next);
		assertThat(this.map.remove(sample(1), sample(-2))).isTrue();
		assertThat(this.map.size()).isZero();
		this.held.add(next);
	}

	// 36

	@Test
	@Tag("promise-36")
	void aFunctionThatWritesItsOwnKeyGetsAnException() {
		List<BiConsumer<WeakDictionary<Sample, Sample>, Sample>> touches = List.of(
				(map, key) -> map.put(key, sample(5)), (map, key) -> map.remove(key),
				(map, key) -> map.remove(key, sample(-1)), (map, key) -> map.replace(key, sample(5)),
				(map, key) -> map.compute(key, (k, old) -> sample(5)),
				(map, key) -> map.merge(key, sample(5), (old, given) -> given));
		for (BiConsumer<WeakDictionary<Sample, Sample>, Sample> touch : touches) {
			assertThatIllegalStateException().isThrownBy(() -> this.map.computeIfAbsent(sample(1), (key) -> {
				touch.accept(this.map, key);
				return sample(-1);
			})).withMessageStartingWith("Recursive update");
			assertThat(this.map.size()).isZero();
		}
		assertThatIllegalStateException().isThrownBy(
				() -> this.map.computeIfAbsent(sample(1), (key) -> this.map.computeIfAbsent(key, (k) -> sample(-1))));
		storeLive(1);
		for (BiConsumer<WeakDictionary<Sample, Sample>, Sample> touch : touches) {
			assertThatIllegalStateException().isThrownBy(() -> this.map.compute(sample(1), (key, old) -> {
				touch.accept(this.map, key);
				return old;
			}));
			assertThatIllegalStateException().isThrownBy(() -> this.map.compute(sample(1), (key, old) -> {
				Iterator<Sample> keys = this.map.keySet().iterator();
				keys.next();
				keys.remove();
				return old;
			}));
		}
		assertThat(this.map).containsOnly(Map.entry(sample(1), sample(-1)));
		assertThat(this.map.size()).isEqualTo(1);
	}

	@Test
	@Tag("promise-36")
	void aFunctionMayReadItsOwnKeyAndWriteOthers() {
		storeLive(1);
		Sample value = sample(-7);
		Sample other = new Sample(17, 1);
		assertThat(this.map.compute(sample(1), (key, old) -> {
			assertThat(this.map.get(key)).isSameAs(old);
			assertThat(this.map.containsKey(key)).isTrue();
			this.map.put(other, value);
			for (int i = 100; i < 200; i++) {
				storeLive(i);
			}
			this.map.remove(sample(150));
			return value;
		})).isSameAs(value);
		assertThat(this.map.size()).isEqualTo(101);
		assertThat(this.map.get(sample(1))).isSameAs(value);
		assertThat(this.map.get(other)).isSameAs(value);
	}

	// 37

	@Test
	@Tag("promise-37")
	void sizeCountsTheDeadUntilTheyArePurged() {
		storeLive(many(1));
		storeDead(101, 102);
		assertThat(this.map.size()).isEqualTo(12);
		assertThat(this.map.liveCount()).isEqualTo(10);
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(10);
		assertThat(this.map.isEmpty()).isFalse();
		assertThat(this.map.keySet()).hasSize(10);
		this.held.clear();
		GarbageCollection.collect();
		assertThat(this.map.isEmpty()).isFalse();
		this.map.purge();
		assertThat(this.map.isEmpty()).isTrue();
		assertThat(this.map.keySet().isEmpty()).isTrue();
		assertThat(this.map.stats().purged()).isEqualTo(12);
	}

	@Test
	@Tag("promise-37")
	void aSizeOfAFewEntriesCountsOnlyTheLiveThoughTheDeadAreNotPurged() {
		storeLive(1, 2);
		storeDead(3, 4, 5, 6, 7, 8);
		assertThat(this.map.size()).isEqualTo(2);
		assertThat(this.map.keySet().size()).isEqualTo(2);
		assertThat(this.map.values().size()).isEqualTo(2);
		assertThat(this.map.entrySet().size()).isEqualTo(2);
		this.held.clear();
		GarbageCollection.collect();
		assertThat(this.map.isEmpty()).isTrue();
		assertThat(this.map.values().isEmpty()).isTrue();
		assertThat(this.map.stats().purged()).isZero();
	}

	// 38

	@Test
	@Tag("promise-38")
	void equalsComparesWhatIsLive() {
		WeakDictionary<Sample, Sample> other = create(CLOSED);
		storeLive(1);
		this.held.add(store(other, sample(1), sample(-1)));
		for (int number : many(20)) {
			store(other, sample(number), sample(-number));
		}
		storeDead(many(2));
		assertThat(this.map.size()).isEqualTo(11);
		assertThat(other.size()).isEqualTo(11);
		assertThat(this.map.equals(other)).isTrue();
		assertThat(other.equals(this.map)).isTrue();
		assertThat(this.map.equals(Map.of(sample(1), sample(-1)))).isTrue();
		assertThat(this.map.equals(Map.of(sample(1), sample(-2)))).isFalse();
		assertThat(this.map.equals(Map.of())).isFalse();
		assertThat(this.map.keySet().equals(Set.of(sample(1)))).isTrue();
		assertThat(this.map.entrySet().equals(Map.of(sample(1), sample(-1)).entrySet())).isTrue();
		assertThat(this.map.hashCode()).isEqualTo(Map.of(sample(1), sample(-1)).hashCode());
	}

	// 39

	@Test
	@Tag("promise-39")
	void anExhaustedIteratorStaysExhausted() {
		storeLive(1, 2, 3);
		Iterator<Sample> keys = this.map.keySet().iterator();
		while (keys.hasNext()) {
			keys.next();
		}
		assertThat(keys.hasNext()).isFalse();
		assertThat(keys.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(keys::next);
		keys.remove();
		assertThat(this.map.size()).isEqualTo(2);
		assertThatIllegalStateException().isThrownBy(keys::remove);
	}

	@Test
	@Tag("promise-39")
	void nextReturnsWhatHasNextHasFound() {
		storeLive(1);
		Iterator<Map.Entry<Sample, Sample>> entries = this.map.entrySet().iterator();
		assertThat(entries.hasNext()).isTrue();
		this.held.clear();
		GarbageCollection.collect();
		this.map.clear();
		assertThat(entries.hasNext()).isTrue();
		assertThat(entries.next()).isEqualTo(Map.entry(sample(1), sample(-1)));
		assertThat(entries.hasNext()).isFalse();
	}

	@Test
	@Tag("promise-39")
	void anIteratorHoldsNoElementButTheCurrentOne() {
		for (int i = 0; i < 100; i++) {
			store(i);
		}
		Iterator<Sample> keys = this.map.keySet().iterator();
		Iterator<Sample> values = this.map.values().iterator();
		assertThat(keys.hasNext() && values.hasNext()).isTrue();
		GarbageCollection.collect();
		assertThat(this.map.liveCount()).isEqualTo(1);
		keys.next();
		values.next();
		GarbageCollection.collect();
		assertThat(this.map.liveCount()).isZero();
		assertThat(keys.hasNext()).isFalse();
		assertThat(values.hasNext()).isFalse();
	}

	@Test
	@Tag("promise-39")
	void anIterationShowsNothingTwiceThoughTheTableGrowsAndShrinksMeanwhile() {
		storeLive(IntStream.range(0, 10).toArray());
		Iterator<Sample> keys = this.map.keySet().iterator();
		List<Sample> seen = new ArrayList<>();
		seen.add(keys.next());
		for (int i = 1000; i < 6000; i++) {
			store(i);
		}
		GarbageCollection.collect();
		this.map.purge();
		keys.forEachRemaining(seen::add);
		assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(this.map.keySet()).hasSize(10);
	}

	@Test
	@Tag("promise-39")
	void anIterationThatBeganInALargeTableShowsEachEntryOnceWhenItShrinks() {
		for (int i = 1000; i < 6000; i++) {
			store(i);
		}
		storeLive(IntStream.range(0, 100).toArray());
		Iterator<Sample> keys = this.map.keySet().iterator();
		GarbageCollection.collect();
		this.map.purge();
		for (int i = 1000; i < 6000; i++) {
			store(i);
		}
		GarbageCollection.collect();
		List<Sample> seen = new ArrayList<>();
		keys.forEachRemaining(seen::add);
		assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(this.map.keySet()).hasSize(100);
	}

	@Test
	@Tag("promise-39")
	void anIterationNeverFailsWhileOthersWrite() throws Exception {
		storeLive(IntStream.range(0, 50).toArray());
		AtomicBoolean stop = new AtomicBoolean();
		Thread writer = new Thread(() -> {
			for (int i = 1000; !stop.get(); i++) {
				int first = i;
				Object[] batch = new Object[500];
				for (int k = 0; k < batch.length; k++) {
					batch[k] = store(first + k);
				}
				for (int k = first; k < first + 500; k++) {
					this.map.remove(sample(k));
				}
				this.map.purge();
				assertThat(batch).doesNotContainNull();
			}
		});
		writer.start();
		try {
			for (int round = 0; round < 200; round++) {
				Set<Sample> seen = new HashSet<>();
				for (Sample key : this.map.keySet()) {
					assertThat(key).isNotNull();
					assertThat(seen.add(key)).as("%s twice", key).isTrue();
				}
				for (int i = 0; i < 50; i++) {
					assertThat(seen).contains(sample(i));
				}
			}
		}
		finally {
			stop.set(true);
			writer.join();
		}
	}

	// 40

	@Test
	@Tag("promise-40")
	void iteratorRemoveLeavesAReplacement() {
		storeLive(1);
		Iterator<Map.Entry<Sample, Sample>> entries = this.map.entrySet().iterator();
		Iterator<Sample> keys = this.map.keySet().iterator();
		Iterator<Sample> values = this.map.values().iterator();
		entries.next();
		keys.next();
		values.next();
		Sample key = sample(1);
		Sample value = sample(-2);
		this.map.put(key, value);
		entries.remove();
		keys.remove();
		values.remove();
		assertThat(this.map).containsOnly(Map.entry(sample(1), value));
		this.map.remove(sample(1));
		this.map.put(key, value);
		keys = this.map.keySet().iterator();
		keys.next();
		this.map.remove(sample(1));
		this.map.put(key, sample(-3));
		keys.remove();
		assertThat(this.map.size()).isEqualTo(1);
		this.held.add(key);
		this.held.add(value);
	}

	@Test
	@Tag("promise-40")
	void iteratorRemoveRemovesItsEntry() {
		storeLive(1, 2, 3);
		for (Iterator<Sample> values = this.map.values().iterator(); values.hasNext();) {
			if (!values.next().equals(sample(-2))) {
				values.remove();
			}
		}
		assertThat(this.map).containsOnly(Map.entry(sample(2), sample(-2)));
		assertThat(this.map.size()).isEqualTo(1);
	}

	// 41

	@Test
	@Tag("promise-41")
	void anEntryIsASnapshotThatHoldsBothSides() {
		store(1);
		Map.Entry<Sample, Sample> entry = this.map.entrySet().iterator().next();
		this.map.clear();
		GarbageCollection.collect();
		assertThat(entry.getKey()).isEqualTo(sample(1));
		assertThat(entry.getValue()).isEqualTo(sample(-1));
		assertThat(entry).isEqualTo(Map.entry(sample(1), sample(-1)));
		assertThat(entry).hasSameHashCodeAs(Map.entry(sample(1), sample(-1)));
		assertThat(entry).hasToString("sample1=sample-1");
	}

	@Test
	@Tag("promise-41")
	void setValueWritesThrough() {
		storeLive(1);
		Map.Entry<Sample, Sample> entry = this.map.entrySet().iterator().next();
		Sample second = sample(-2);
		Sample third = sample(-3);
		assertThat(entry.setValue(second)).isEqualTo(sample(-1));
		assertThat(this.map.get(sample(1))).isSameAs(second);
		assertThat(entry.setValue(third)).isSameAs(second);
		assertThat(this.map.get(sample(1))).isSameAs(third);
		assertThat(entry.getValue()).isSameAs(third);
		assertThat(this.map.size()).isEqualTo(1);
	}

	@Test
	@Tag("promise-41")
	void setValueNeverInsertsAgainNorTouchesAnotherEntry() {
		storeLive(1);
		Map.Entry<Sample, Sample> entry = this.map.entrySet().iterator().next();
		this.map.remove(sample(1));
		entry.setValue(sample(-2));
		assertThat(this.map.size()).isZero();
		Sample key = sample(1);
		Sample value = sample(-3);
		this.map.put(key, value);
		entry.setValue(sample(-4));
		assertThat(this.map.get(sample(1))).isSameAs(value);
		entry = this.map.entrySet().iterator().next();
		Sample replacement = sample(-5);
		this.map.put(key, replacement);
		entry.setValue(sample(-6));
		assertThat(this.map.get(sample(1))).isSameAs(replacement);
		this.held.add(key);
	}

	@Test
	@Tag("promise-41")
	void iteratorRemoveAfterSetValueRemovesTheEntry() {
		storeLive(1, 2);
		Iterator<Map.Entry<Sample, Sample>> entries = this.map.entrySet().iterator();
		Map.Entry<Sample, Sample> entry = entries.next();
		Sample value = sample(-5);
		entry.setValue(value);
		entries.remove();
		assertThat(this.map.containsKey(entry.getKey())).isFalse();
		assertThat(this.map.size()).isEqualTo(1);
		entry.setValue(sample(-6));
		assertThat(this.map.size()).isEqualTo(1);
	}

	// 42

	@Test
	@Tag("promise-42")
	void spliteratorsAreNotSized() {
		storeLive(1, 2);
		for (Spliterator<?> spliterator : List.of(this.map.keySet().spliterator(), this.map.values().spliterator(),
				this.map.entrySet().spliterator())) {
			assertThat(spliterator.hasCharacteristics(Spliterator.SIZED)).isFalse();
			assertThat(spliterator.hasCharacteristics(Spliterator.SUBSIZED)).isFalse();
			assertThat(spliterator.hasCharacteristics(Spliterator.CONCURRENT)).isTrue();
			assertThat(spliterator.hasCharacteristics(Spliterator.NONNULL)).isTrue();
		}
	}

	@Test
	@Tag("promise-42")
	void copiesAreExactThoughTheDeadAreStillCounted() {
		storeLive(1, 2);
		storeDead(many(3));
		assertThat(this.map.size()).isEqualTo(12);
		assertThat(this.map.keySet().toArray()).containsExactlyInAnyOrder(sample(1), sample(2));
		assertThat(this.map.values().toArray(new Sample[0])).containsExactlyInAnyOrder(sample(-1), sample(-2));
		assertThat(this.map.values().toArray(Sample[]::new)).containsExactlyInAnyOrder(sample(-1), sample(-2));
		assertThat(this.map.entrySet().toArray()).hasSize(2).doesNotContainNull();
		assertThat(new ArrayList<>(this.map.values())).containsExactlyInAnyOrder(sample(-1), sample(-2));
		assertThat(Map.copyOf(this.map)).containsOnly(Map.entry(sample(1), sample(-1)),
				Map.entry(sample(2), sample(-2)));
		assertThat(List.copyOf(this.map.values())).hasSize(2);
		assertThat(this.map.values().stream().toList()).hasSize(2);
		assertThat(this.map.keySet().parallelStream().collect(Collectors.toSet())).hasSize(2);
		assertThat(this.map.entrySet().stream().toArray()).hasSize(2);
	}

	@Tag("slow")
	@Test
	@Tag("promise-42")
	void copyingNeverFailsWhileEntriesDie() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		Thread collector = new Thread(() -> {
			while (!stop.get()) {
				System.gc();
				this.map.purge();
			}
		});
		collector.start();
		try {
			for (int round = 0; round < 100; round++) {
				for (int i = 0; i < 200; i++) {
					store(i);
				}
				assertThat(this.map.values().stream().toList()).doesNotContainNull();
				assertThat(new ArrayList<>(this.map.values())).doesNotContainNull();
				assertThat(this.map.keySet().toArray()).doesNotContainNull();
				assertThat(Map.copyOf(this.map).size()).isLessThanOrEqualTo(200);
			}
		}
		finally {
			stop.set(true);
			collector.join();
		}
	}

	// 43

	@Test
	@Tag("promise-43")
	void putAllOfItselfChangesNothing() {
		storeLive(1, 2);
		storeDead(many(3));
		Map<Sample, Sample> before = new HashMap<>(this.map);
		this.map.putAll(this.map);
		assertThat(this.map).isEqualTo(before);
		assertThat(this.map.size()).isEqualTo(12);
	}

	@Test
	@Tag("promise-43")
	void putAllOfItselfPutsNothing() {
		WeakDictionary<Sample, Sample> counted = recording();
		this.held.add(store(counted, new Sample(1), new Sample(-1)));
		counted.putAll(counted);
		assertThat(counted.stats().puts()).isEqualTo(1);
	}

	@Test
	@Tag("promise-43")
	void aSourceThatShrinksWhileItIsCopiedIsNoError() {
		storeLive(1, 2, 3);
		WeakDictionary<Sample, Sample> source = this.map;
		Map<Sample, Sample> shrinking = new AbstractMap<>() {

			@Override
			public int size() {
				return 1000;
			}

			@Override
			public Set<Entry<Sample, Sample>> entrySet() {
				return source.entrySet();
			}

		};
		WeakDictionary<Sample, Sample> copy = create(CLOSED);
		copy.putAll(shrinking);
		assertThat(copy).isEqualTo(source);
		copy.clear();
		storeDead(4);
		copy.putAll(source);
		assertThat(copy).hasSize(3).isEqualTo(source);
	}

	// 45

	@Test
	@Tag("promise-45")
	void theWeakCollectionMayDieBeforeItsReferents() {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("outliving").build()) {
			for (WeakReference<Object> part : partsOf(create(cleaner))) {
				GarbageCollection.until(() -> part.refersTo(null));
			}
			for (WeakReference<Object> part : partsOf(create(CLOSED))) {
				GarbageCollection.until(() -> part.refersTo(null));
			}
			assertThat(this.held).hasSize(400);
		}
	}

	/** Return the dictionary, and what only its table holds. */
	private List<WeakReference<Object>> partsOf(WeakDictionary<Sample, Sample> map) {
		Object strong = map;
		for (int i = 0; i < 200; i++) {
			Sample key = sample(i);
			Sample value = sample(-i - 1);
			Object weak = store(map, key, value);
			this.held.add(weak);
			strong = weak.equals(key) ? value : key;
		}
		return List.of(new WeakReference<>(map), new WeakReference<>(strong));
	}

	// null

	@Test
	@SuppressWarnings("NullAway") // what null does is the point
	void nullIsRefusedByWritesAndGetAndContainedNowhere() {
		storeLive(1);
		Sample one = sample(1);
		assertThatNullPointerException().isThrownBy(() -> this.map.get(null));
		assertThatNullPointerException().isThrownBy(() -> this.map.getOrDefault(null, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.put(null, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.put(one, null));
		assertThatNullPointerException().isThrownBy(() -> this.map.putIfAbsent(null, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.putIfAbsent(one, null));
		assertThatNullPointerException().isThrownBy(() -> this.map.remove(null));
		assertThatNullPointerException().isThrownBy(() -> this.map.remove(null, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.replace(null, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.replace(one, null));
		assertThatNullPointerException().isThrownBy(() -> this.map.replace(null, one, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.replace(one, null, one));
		assertThatNullPointerException().isThrownBy(() -> this.map.replace(one, one, null));
		assertThatNullPointerException().isThrownBy(() -> this.map.computeIfAbsent(null, (key) -> one));
		assertThatNullPointerException().isThrownBy(() -> this.map.computeIfPresent(null, (key, old) -> one));
		assertThatNullPointerException().isThrownBy(() -> this.map.compute(null, (key, old) -> one));
		assertThatNullPointerException().isThrownBy(() -> this.map.merge(null, one, (old, given) -> one));
		assertThatNullPointerException().isThrownBy(() -> this.map.merge(one, null, (old, given) -> one));
		assertThatNullPointerException().isThrownBy(() -> this.map.computeIfAbsent(one, null));
		assertThatNullPointerException().isThrownBy(() -> this.map.entrySet().iterator().next().setValue(null));
		assertThat(this.map.containsKey(null)).isFalse();
		assertThat(this.map.containsValue(null)).isFalse();
		assertThat(this.map.keySet().contains(null)).isFalse();
		assertThat(this.map.values().contains(null)).isFalse();
		assertThat(this.map.entrySet().contains(null)).isFalse();
		assertThat(this.map.remove(one, null)).isFalse();
		assertThat(this.map).containsOnly(Map.entry(one, sample(-1)));
	}

	// Python's popitem

	@Test
	void pollEntryRemovesEachLiveEntryOnce() {
		storeLive(1, 2, 3);
		storeDead(4, 5);
		Map<Sample, Sample> polled = new HashMap<>();
		for (Map.Entry<Sample, Sample> entry = this.map.pollEntry(); entry != null; entry = this.map.pollEntry()) {
			assertThat(polled.put(entry.getKey(), entry.getValue())).isNull();
		}
		assertThat(polled).containsOnlyKeys(sample(1), sample(2), sample(3));
		this.map.purge();
		assertThat(this.map.size()).isZero();
	}

	@Test
	void pollEntryGivesEachEntryToOneThread() throws Exception {
		storeLive(IntStream.range(0, 2000).toArray());
		Set<Sample> polled = ConcurrentHashMap.newKeySet();
		ExecutorService executor = Executors.newFixedThreadPool(4);
		try {
			List<Future<?>> tasks = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				tasks.add(executor.submit(() -> {
					for (Map.Entry<Sample, Sample> e = this.map.pollEntry(); e != null; e = this.map.pollEntry()) {
						assertThat(polled.add(e.getKey())).isTrue();
					}
				}));
			}
			for (Future<?> task : tasks) {
				task.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(polled).hasSize(2000);
		assertThat(this.map.size()).isZero();
	}

	// statistics

	@Test
	@SuppressWarnings("NullAway") // null stores nothing
	void statisticsCountOneHitOrMissAndOneLoad() {
		WeakDictionary<Sample, Sample> counted = recording();
		Sample one = sample(1);
		Sample value = sample(-1);
		counted.get(one);
		counted.computeIfAbsent(one, (key) -> value);
		counted.computeIfAbsent(one, (key) -> value);
		counted.get(one);
		counted.computeIfAbsent(sample(2), (key) -> null);
		assertThatIllegalStateException().isThrownBy(() -> counted.computeIfAbsent(sample(2), (key) -> {
			throw new IllegalStateException();
		}));
		counted.put(one, sample(-2));
		counted.replace(sample(3), value);
		assertThat(counted.containsKey(one)).isTrue();
		WeakStats stats = counted.stats();
		assertThat(stats.hits()).isEqualTo(2);
		assertThat(stats.misses()).isEqualTo(4);
		assertThat(stats.loads()).isEqualTo(3);
		assertThat(stats.loadFailures()).isEqualTo(1);
		assertThat(stats.totalLoadNanos()).isPositive();
		assertThat(stats.puts()).as("the first load and the put").isEqualTo(2);
		assertThat(this.map.stats()).isEqualTo(new WeakStats(0, 0, 0, 0, 0, 0, 0));
		this.held.add(value);
	}

	abstract WeakDictionary<Sample, Sample> recording();

	abstract WeakDictionary<Object, Object> objects();

	/** Records a comparison at a time when nothing may compare it. */
	private static final class Picky {

		private final AtomicBoolean watched;

		Picky(AtomicBoolean watched) {
			this.watched = watched;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			use();
			return this == other;
		}

		@Override
		public int hashCode() {
			use();
			return 1;
		}

		private void use() {
			if (this.watched.get()) {
				throw new AssertionError("used");
			}
		}

	}

}
