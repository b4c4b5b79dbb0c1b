package io.weakref.collection;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests with very many keys that have one hash code: those that are comparable are
 * ordered, and behave like others.
 */
@Timeout(60)
@Tag("slow")
class OrderedNodesTests {

	private final WeakValueDictionary<Object, Object> map = WeakValueDictionary.builder()
		.cleaner(WeakDictionaryContract.CLOSED)
		.build();

	private final List<Object> held = new ArrayList<>();

	/** Strings of one hash code. */
	static List<String> colliding(int count) {
		List<String> strings = new ArrayList<>(List.of(""));
		while (strings.size() < count) {
			List<String> longer = new ArrayList<>();
			for (String string : strings) {
				longer.add(string + "Aa");
				longer.add(string + "BB");
			}
			strings = longer;
		}
		Collections.shuffle(strings, new Random(1));
		return strings.subList(0, count);
	}

	private Object value() {
		Object value = new Object();
		this.held.add(value);
		return value;
	}

	@Test
	void aHundredThousandCollidingStringsAreStoredFoundReplacedAndRemoved() {
		List<String> keys = colliding(100_000);
		Map<String, Object> expected = new HashMap<>();
		for (String key : keys) {
			Object value = value();
			expected.put(key, value);
			assertThat(this.map.put(key, value)).isNull();
		}
		assertThat(this.map.size()).isEqualTo(100_000);
		for (String key : keys) {
			assertThat(this.map.get(key)).isSameAs(expected.get(key));
		}
		assertThat(this.map.get(keys.get(0) + "Aa")).isNull();
		assertThat(new HashSet<>(this.map.keySet())).hasSize(100_000);
		for (String key : keys.subList(0, 50_000)) {
			Object value = value();
			assertThat(this.map.put(key, value)).isSameAs(expected.put(key, value));
			assertThat(this.map.remove(key)).isSameAs(value);
		}
		assertThat(this.map.size()).isEqualTo(50_000);
		assertThat(this.map.liveCount()).isEqualTo(50_000);
		this.map.keySet().removeIf((key) -> ((String) key).startsWith("Aa"));
		assertThat(this.map.keySet()).allMatch((key) -> ((String) key).startsWith("BB"));
		this.map.clear();
		assertThat(this.map.size()).isZero();
		assertThat(this.map.get(keys.get(60_000))).isNull();
	}

	@Test
	void deadOrderedEntriesAreInvisibleAndSweptAndTheirKeysCanBeStoredAgain() {
		List<String> keys = colliding(2000);
		for (int i = 0; i < keys.size(); i++) {
			Object value = new Object();
			this.map.put(keys.get(i), value);
			if (i % 2 == 0) {
				this.held.add(value);
			}
		}
		GarbageCollection.collect();
		assertThat(this.map.get(keys.get(1))).isNull();
		assertThat(new ArrayList<>(this.map.keySet())).hasSize(1000);
		Object again = value();
		assertThat(this.map.put(keys.get(3), again)).isNull();
		assertThat(this.map.putIfAbsent(keys.get(5), again)).isNull();
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(1002);
		assertThat(this.map.stats().purged()).isEqualTo(1000);
		assertThat(this.map.get(keys.get(3))).isSameAs(again);
		this.held.clear();
		again = new Object();
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.size()).isZero();
		assertThat(this.map.put(keys.get(3), again)).isNull();
		assertThat(this.map.get(keys.get(3))).isSameAs(again);
	}

	@Test
	void aHundredThousandCollidingStringsAreLoadedWithStatistics() {
		WeakValueDictionary<Object, Object> map = recording();
		List<String> keys = colliding(100_000);
		for (String key : keys) {
			assertThat(map.get(key)).isNull();
			Object value = value();
			assertThat(map.computeIfAbsent(key, (k) -> value)).isSameAs(value);
		}
		assertThat(map.stats().misses()).isEqualTo(200_000);
		assertThat(map.lostHits()).isZero();
	}

	@Test
	void aCountedMissVisitsTheEntryOfItsOwnKeyOnly() {
		WeakValueDictionary<Object, Object> map = recording();
		List<String> keys = colliding(1000);
		for (String key : keys.subList(0, 999)) {
			map.put(key, value());
		}
		this.held.clear();
		GarbageCollection.collect();
		int hash = keys.get(0).hashCode();
		Integer inTheSameBin = (hash ^ (hash >>> 16)) & 0x7ff;
		assertThat(map.get(inTheSameBin)).isNull();
		assertThat(map.get(keys.get(999))).isNull();
		assertThat(map.stats().purged()).isZero();
		assertThat(map.lostHits()).isZero();
		for (int i = 1; i <= 3; i++) {
			assertThat(map.get(keys.get(i))).isNull();
			assertThat(map.get(keys.get(i))).isNull();
			assertThat(map.stats().purged()).isEqualTo(i);
			assertThat(map.lostHits()).isEqualTo(i);
			assertThat(map.size()).isEqualTo(999 - i);
		}
		for (String key : keys) {
			assertThat(map.get(key)).isNull();
		}
		assertThat(map.size()).isZero();
		assertThat(map.stats().purged()).isEqualTo(999);
		assertThat(map.put(keys.get(0), value())).isNull();
		assertThat(map.liveCount()).isOne();
	}

	private static WeakValueDictionary<Object, Object> recording() {
		return WeakValueDictionary.builder().cleaner(WeakDictionaryContract.CLOSED).recordStats(true).build();
	}

	@Test
	void everyOperationBehavesAsInAHashMap() {
		List<String> keys = colliding(60);
		List<Object> values = IntStream.range(0, 6).<Object>mapToObj(Sample::new).toList();
		Map<Object, Object> model = new HashMap<>();
		Random random = new Random(7);
		for (int i = 0; i < 60_000; i++) {
			String key = keys.get(random.nextInt(keys.size()));
			Object value = values.get(random.nextInt(values.size()));
			Object other = values.get(random.nextInt(values.size()));
			switch (random.nextInt(12)) {
				case 0, 1 -> assertThat(this.map.put(key, value)).isSameAs(model.put(key, value));
				case 2 -> assertThat(this.map.putIfAbsent(key, value)).isSameAs(model.putIfAbsent(key, value));
				case 3 -> assertThat(this.map.remove(key)).isSameAs(model.remove(key));
				case 4 -> assertThat(this.map.remove(key, value)).isEqualTo(model.remove(key, value));
				case 5 -> assertThat(this.map.replace(key, value)).isSameAs(model.replace(key, value));
				case 6 -> assertThat(this.map.replace(key, value, other)).isEqualTo(model.replace(key, value, other));
				case 7 -> assertThat(this.map.computeIfAbsent(key, (k) -> value))
					.isSameAs(model.computeIfAbsent(key, (k) -> value));
				case 8 -> assertThat(this.map.compute(key, (k, old) -> (old == value) ? null : value))
					.isSameAs(model.compute(key, (k, old) -> (old == value) ? null : value));
				case 9 -> assertThat(this.map.merge(key, value, (old, given) -> (old == given) ? null : given))
					.isSameAs(model.merge(key, value, (old, given) -> (old == given) ? null : given));
				case 10 -> assertThat(this.map.get(key)).isSameAs(model.get(key));
				default -> {
					// A few other keys make the table grow and shrink, which moves the
					// ordered ones.
					Integer number = random.nextInt(2000);
					assertThat(this.map.put(number, value)).isSameAs(model.put(number, value));
					if (number % 400 == 0) {
						this.map.keySet().removeIf(Integer.class::isInstance);
						model.keySet().removeIf(Integer.class::isInstance);
						this.map.purge();
					}
				}
			}
			if (i % 1000 == 0) {
				assertThat(new HashMap<>(this.map)).isEqualTo(model);
				assertThat(this.map.size()).isEqualTo(model.size());
			}
		}
	}

	@Test
	void iteratorsRemoveAndEntriesWriteThroughToThatSameEntryOnly() {
		List<String> keys = colliding(100);
		keys.forEach((key) -> this.map.put(key, value()));
		Object replaced = value();
		this.map.entrySet().forEach((entry) -> entry.setValue(replaced));
		assertThat(this.map.values()).hasSize(100).allMatch((value) -> value == replaced);
		Map.Entry<Object, Object> entry = this.map.entrySet().iterator().next();
		Object later = value();
		this.map.put(entry.getKey(), later);
		entry.setValue(replaced);
		assertThat(this.map.get(entry.getKey())).isSameAs(later);
		this.map.values().removeIf((value) -> value == replaced);
		assertThat(this.map).hasSize(1).containsEntry(entry.getKey(), later);
	}

	@Test
	void aFunctionThatThrowsOrClearsLeavesOrderedKeysUsable() {
		List<String> keys = colliding(50);
		keys.forEach((key) -> this.map.put(key, value()));
		for (String key : List.of(keys.get(0), keys.get(0) + "AaAa")) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.map.compute(key, (k, old) -> {
				throw new AssertionError();
			}));
		}
		assertThat(this.map.size()).isEqualTo(50);
		Object value = value();
		assertThat(this.map.compute(keys.get(0), (key, old) -> {
			this.map.clear();
			return value;
		})).isSameAs(value);
		assertThat(this.map.size()).isZero();
		keys.forEach((key) -> assertThat(this.map.putIfAbsent(key, value)).isNull());
		assertThat(this.map.size()).isEqualTo(50);
	}

	@Test
	void keysOfSeveralClassesThatCollideAreKeptApartAndThoseThatAreEqualAreOne() {
		for (int i = 0; i < 100; i++) {
			this.map.put(new Number(i), value());
			this.map.put(new Other(i), value());
			this.map.put(new Sample(i, 1), value());
		}
		assertThat(this.map.size()).isEqualTo(300);
		Object value = value();
		// A subclass that is equal to its base class.
		assertThat(this.map.put(new Special(5), value)).isNotNull();
		assertThat(this.map.get(new Number(5))).isSameAs(value);
		assertThat(this.map.get(new Special(6))).isNotNull();
		assertThat(this.map.size()).isEqualTo(300);
	}

	@Test
	void aKeyThatEqualsOneOfAnotherClassHasOneEntryWhicheverCameFirst() {
		Object first = value();
		this.map.put(new Special(5), first);
		this.map.put(new Special(-1), first);
		for (int i = 0; i < 100; i++) {
			Object value = value();
			assertThat(this.map.put(new Number(i), value)).isSameAs((i == 5) ? first : null);
			assertThat(this.map.get(new Number(i))).isSameAs(value);
			assertThat(this.map.get(new Special(i))).isSameAs(value);
		}
		assertThat(this.map.size()).isEqualTo(101);
		assertThat(this.map.computeIfAbsent(new Number(-1), (key) -> value())).isSameAs(first);
		assertThat(this.map.remove(new Number(-1))).isSameAs(first);
		assertThat(this.map.remove(new Number(5))).isNotNull();
		assertThat(this.map.get(new Special(5))).isNull();
		assertThat(this.map.size()).isEqualTo(99);
		for (int i = 0; i < 100; i++) {
			assertThat(this.map.remove(new Special(i)) != null).isEqualTo(i != 5);
		}
		assertThat(this.map.isEmpty()).isTrue();
	}

	@Test
	void aKeyThatEqualsADeadOneOfAnotherClassHidesNoOther() {
		for (int i = 0; i < 100; i++) {
			this.map.put((i == 5) ? new Special(i) : new Number(i), value());
		}
		this.map.put(new Special(-1), value());
		for (Object key : List.of(new Number(5), new Special(5), new Special(50), new Number(50))) {
			CleanerInternals.forEachEntry(Objects.requireNonNull(this.map.get(key)), WeakReference::clear);
			Object value = value();
			assertThat(this.map.put(key, value)).isNull();
			assertThat(this.map.get(key)).isSameAs(value);
			assertEveryNumberIsFound();
			CleanerInternals.forEachEntry(value, WeakReference::clear);
			assertThat(this.map.computeIfAbsent(key, (absent) -> {
				this.map.put(new Number(1), value());
				return value();
			})).isNotNull();
			assertEveryNumberIsFound();
		}
	}

	@Test
	void aFunctionForAKeyThatEqualsOneOfAnotherClassFindsEveryOther() {
		for (int i = 0; i < 100; i++) {
			this.map.put((i == 5) ? new Special(i) : new Number(i), value());
		}
		this.map.put(new Special(-1), value());
		for (Object key : List.of(new Number(5), new Special(50))) {
			this.map.compute(key, (same, old) -> {
				assertEveryNumberIsFound();
				this.map.put(new Number(200), value());
				assertThat(this.map.remove(new Number(200))).isNotNull();
				return value();
			});
			assertEveryNumberIsFound();
		}
	}

	private void assertEveryNumberIsFound() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.map.get(new Number(i))).as("%d", i).isNotNull();
			assertThat(this.map.get(new Special(i))).as("%d", i).isNotNull();
		}
	}

	@Test
	void aKeyThatEqualsAReservationOfAnotherClassThatWasLeftBehindHidesNoOther() {
		for (Consumer<Object> store : List.<Consumer<Object>>of((key) -> this.map.put(key, value()),
				(key) -> this.map.computeIfAbsent(key, (absent) -> {
					assertEveryNumberIsFound();
					return value();
				}))) {
			this.map.clear();
			for (int i = 0; i < 100; i++) {
				this.map.put(new Number(i), value());
			}
			this.map.put(new Special(-7), value());
			this.map.put(new Special(-1), value());
			leaveReservationBehind(new Special(-7));
			store.accept(new Number(-7));
			assertEveryNumberIsFound();
			assertThat(this.map.get(new Special(-7))).isNotNull();
			assertThat(this.map.get(new Special(-1))).isNotNull();
			assertThat(this.map.size()).isEqualTo(102);
		}
	}

	/**
	 * Remove an entry as a thread does that has no stack left to unlink its reservation.
	 */
	private void leaveReservationBehind(Object key) {
		WeakTable<Object, Object> table = this.map.table();
		Node[] bins = table.currentBins();
		OrderedNodes ordered = (OrderedNodes) Arrays.stream(bins)
			.filter(OrderedNodes.class::isInstance)
			.findFirst()
			.get();
		ReservationNode reservation = new ReservationNode(ordered.hash & Node.HASH_BITS, key);
		reservation.released = true;
		assertThat(ordered.set(ordered.find(key), reservation, table, -1, 0)).isTrue();
	}

	@Test
	void aConditionalRemovalEndsThoughEachComparisonWritesAnotherKey() {
		for (int i = 0; i < 20; i++) {
			this.map.put(new Number(i), value());
		}
		int[] compared = { 0 };
		Object expected = new Object() {

			@Override
			public boolean equals(@Nullable Object other) {
				OrderedNodesTests.this.map.put(new Number(100 + compared[0]++), value());
				return true;
			}

			@Override
			public int hashCode() {
				return 0;
			}

		};
		assertThat(this.map.remove(new Number(3), expected)).isTrue();
		assertThat(compared[0]).isEqualTo(1);
	}

	@Test
	void anEntryWhoseKeyWasChangedIsStillRemovedAndPolled() {
		List<Changeable> keys = IntStream.range(0, 20).mapToObj(Changeable::new).toList();
		keys.forEach((key) -> this.map.put(key, value()));
		keys.get(3).number = 1000;
		keys.get(7).number = -1000;
		this.map.keySet().removeIf((key) -> ((Changeable) key).number == 1000);
		assertThat(this.map.keySet()).hasSize(19).doesNotContain(keys.get(3));
		for (int i = 0; i < 19; i++) {
			assertThat(this.map.pollEntry()).isNotNull();
		}
		assertThat(this.map.pollEntry()).isNull();
		assertThat(this.map.isEmpty()).isTrue();
	}

	@Test
	void pollingOneByOneDoesNotCopyTheOtherEntriesEachTime() {
		List<String> keys = colliding(20_000);
		keys.forEach((key) -> this.map.put(key, value()));
		long before = allocatedBytes();
		Set<Object> polled = new HashSet<>();
		for (Map.Entry<Object, Object> e = this.map.pollEntry(); e != null; e = this.map.pollEntry()) {
			polled.add(e.getKey());
		}
		assertThat(allocatedBytes() - before).isLessThan(20_000 * 10_000L);
		assertThat(polled).hasSize(20_000);
		assertThat(this.map.isEmpty()).isTrue();
	}

	@Test
	void pollingRemovesTheDeadEntriesThatItMeets() {
		List<String> keys = colliding(1000);
		Collections.sort(keys);
		keys.forEach((key) -> this.map.put(key, value()));
		this.held.subList(0, 600).clear();
		GarbageCollection.collect();
		Set<Object> polled = new HashSet<>();
		for (int i = 0; i < 400; i++) {
			polled.add(Objects.requireNonNull(this.map.pollEntry()).getKey());
			// The first call finds the bin by a walk, which removes nothing.
			assertThat(this.map.stats().purged()).isEqualTo((i > 0) ? 600 : 0);
		}
		assertThat(polled).isEqualTo(new HashSet<>(keys.subList(600, 1000)));
		assertThat(this.map.pollEntry()).isNull();
		assertThat(this.map.size()).isZero();
	}

	private static long allocatedBytes() {
		return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
	}

	@Test
	void unequalKeysThatCompareAsEqualAreKeptApart() {
		for (int i = 0; i < 200; i++) {
			this.map.put(new Vague(i), value());
		}
		assertThat(this.map.size()).isEqualTo(200);
		for (int i = 0; i < 200; i++) {
			assertThat(this.map.remove(new Vague(i))).isNotNull();
		}
		assertThat(this.map.isEmpty()).isTrue();
	}

	@Test
	void keysWhoseComparisonThrowsStayInTheChain() {
		for (int i = 0; i < 40; i++) {
			this.map.put(new Refusing(i), value());
		}
		assertThat(this.map.size()).isEqualTo(40);
		assertThat(this.map.get(new Refusing(30))).isNotNull();
	}

	@Test
	void threadsThatWriteDifferentCollidingKeysLoseNothing() throws Exception {
		List<String> keys = colliding(4000);
		ExecutorService executor = Executors.newFixedThreadPool(4);
		try {
			List<Future<?>> tasks = new ArrayList<>();
			Object[] values = keys.stream().map((key) -> new Object()).toArray();
			for (int thread = 0; thread < 4; thread++) {
				int from = thread;
				tasks.add(executor.submit(() -> {
					for (int i = from; i < keys.size(); i += 4) {
						int index = i;
						assertThat(this.map.computeIfAbsent(keys.get(i), (key) -> values[index])).isSameAs(values[i]);
						assertThat(this.map.get(keys.get(i))).isSameAs(values[i]);
						this.map.put(keys.size() + i, values[i]);
						if (i % 3 == 0) {
							assertThat(this.map.remove(keys.get(i))).isSameAs(values[i]);
						}
						if (i % 100 == 0) {
							this.map.purge();
						}
					}
				}));
			}
			for (Future<?> task : tasks) {
				task.get();
			}
			for (int i = 0; i < keys.size(); i++) {
				assertThat(this.map.get(keys.get(i))).isSameAs((i % 3 == 0) ? null : values[i]);
			}
			assertThat(this.map.size()).isEqualTo(2666 + 4000);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static class Number implements Comparable<Number> {

		private final int number;

		Number(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Number other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Number that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	private static final class Special extends Number {

		Special(int number) {
			super(number);
		}

	}

	private static final class Other implements Comparable<Other> {

		private final int number;

		Other(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Other other) {
			return Integer.compare(other.number, this.number);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Other that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	/** Mutable, as in careless user code. */
	private static final class Changeable implements Comparable<Changeable> {

		private int number;

		Changeable(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Changeable other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Changeable that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	/** Groups of ten compare as equal. */
	private static final class Vague implements Comparable<Vague> {

		private final int number;

		Vague(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Vague other) {
			return Integer.compare(this.number / 10, other.number / 10);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Vague that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	private static final class Refusing implements Comparable<Refusing> {

		private final int number;

		Refusing(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Refusing other) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Refusing that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}
