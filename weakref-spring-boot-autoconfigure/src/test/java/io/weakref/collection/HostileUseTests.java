package io.weakref.collection;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.weakref.GarbageCollection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests that the weak collections stay usable and correct with keys that collide, throw
 * or change, and with functions that throw, re-enter or block.
 */
@Timeout(60)
@Tag("slow")
class HostileUseTests {

	private final WeakValueDictionary<Object, Object> values = WeakValueDictionary.builder()
		.cleaner(WeakDictionaryContract.CLOSED)
		.build();

	private final WeakKeyDictionary<Object, Object> keys = WeakKeyDictionary.builder()
		.cleaner(WeakDictionaryContract.CLOSED)
		.build();

	private final List<Object> held = new ArrayList<>();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
	}

	private List<WeakDictionary<Object, Object>> both() {
		return List.of(this.values, this.keys);
	}

	// Colliding hashes

	@Test
	void thousandsOfCollidingKeysAreKeptApart() {
		for (WeakDictionary<Object, Object> map : both()) {
			for (int i = 0; i < 4000; i++) {
				Sample key = new Sample(i, 42);
				Sample value = new Sample(-i);
				this.held.add(key);
				this.held.add(value);
				map.put(key, value);
			}
			assertThat(map.size()).isEqualTo(4000);
			for (int i = 0; i < 4000; i += 2) {
				assertThat(map.remove(new Sample(i, 42))).isEqualTo(new Sample(-i));
			}
			for (int i = 0; i < 4000; i++) {
				assertThat(map.get(new Sample(i, 42))).isEqualTo((i % 2 == 0) ? null : new Sample(-i));
			}
			assertThat(map.keySet()).hasSize(2000).doesNotHaveDuplicates();
			map.clear();
			assertThat(map.size()).isZero();
		}
	}

	@Test
	void aMissAmongThousandsOfDeadCollidingKeysCostsOneStepForEach() {
		for (int i = 0; i < 12000; i++) {
			Sample key = new Sample(i, 42);
			this.held.add(key);
			this.keys.put(key, i);
		}
		this.held.clear();
		GarbageCollection.collect();
		assertThat(this.keys.size()).isEqualTo(12000);
		Sample missing = new Sample(-1, 42);
		assertThat(missesIn(Duration.ofSeconds(2), missing)).isGreaterThan(300);
	}

	/**
	 * How many lookups of a key fit into some CPU time: 50 if each step of a lookup cost
	 * a scan.
	 */
	private int missesIn(Duration time, Object missing) {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long start = threads.getCurrentThreadCpuTime();
		int misses = 0;
		while (threads.getCurrentThreadCpuTime() - start < time.toNanos() && misses <= 300) {
			assertThat(this.keys.get(missing)).isNull();
			misses++;
		}
		return misses;
	}

	@Test
	void thousandsOfDeadCollidingEntriesAreSweptInOnePass() {
		for (int i = 0; i < 6000; i++) {
			this.keys.put(new Sample(i, 42), i);
		}
		Sample last = new Sample(7000, 42);
		this.keys.put(last, "last");
		GarbageCollection.collect();
		this.keys.purge();
		assertThat(this.keys.size()).isEqualTo(1);
		assertThat(this.keys.get(last)).isEqualTo("last");
	}

	// Keys that throw or change

	@Test
	void aKeyThatThrowsHarmsOnlyTheCallThatUsesIt() {
		for (WeakDictionary<Object, Object> map : both()) {
			Sample good = new Sample(7, 7);
			Sample value = new Sample(-7);
			map.put(good, value);
			for (String where : new String[] { "hashCode", "equals" }) {
				Throwing bad = new Throwing(7, where);
				assertFails(() -> map.get(bad));
				assertFails(() -> map.put(bad, value));
				assertFails(() -> map.putIfAbsent(bad, value));
				assertFails(() -> map.remove(bad));
				assertFails(() -> map.replace(bad, value));
				assertFails(() -> map.computeIfAbsent(bad, (key) -> value));
				assertFails(() -> map.compute(bad, (key, old) -> value));
				assertFails(() -> map.merge(bad, value, (old, given) -> value));
			}
			assertThat(map.size()).isEqualTo(1);
			assertThat(map.get(good)).isSameAs(value);
			assertThat(map.put(good, value)).isSameAs(value);
			assertThat(map.remove(good)).isSameAs(value);
		}
	}

	private static void assertFails(Runnable call) {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(call::run);
	}

	@Test
	void aValueWhoseEqualsThrowsHarmsOnlyTheCallThatComparesIt() {
		for (WeakDictionary<Object, Object> map : both()) {
			Object key = new Sample(1);
			Throwing value = new Throwing(1, "equals");
			Throwing other = new Throwing(1, "equals");
			map.put(key, value);
			assertFails(() -> map.remove(key, other));
			assertFails(() -> map.replace(key, other, key));
			assertThat(map.get(key)).isSameAs(value);
			assertThat(map.remove(key, value)).isTrue();
		}
	}

	@Test
	void keysThatChangeTheirHashAreLostToLookupsButNotToTheCount() {
		for (WeakDictionary<Object, Object> map : both()) {
			List<Sample> changing = IntStream.range(0, 200).mapToObj(Sample::new).toList();
			Sample value = new Sample(-1);
			changing.forEach((key) -> map.put(key, value));
			changing.forEach((key) -> key.hash = 1);
			for (int i = 1000; i < 2000; i++) {
				Sample more = new Sample(i);
				this.held.add(more);
				map.put(more, value);
			}
			assertThat(map.keySet()).hasSize(1200);
			map.keySet().removeIf((key) -> ((Sample) key).hash == 1);
			assertThat(map.size()).isEqualTo(1000);
			assertThat(map.liveCount()).isEqualTo(1000);
		}
	}

	// Functions that throw, re-enter or block

	@Test
	void whateverAFunctionThrowsTheKeyStaysUsable() {
		for (WeakDictionary<Object, Object> map : both()) {
			Sample key = new Sample(1);
			Sample value = new Sample(-1);
			for (Error error : List.of(new StackOverflowError(), new OutOfMemoryError("of the user"),
					new AssertionError("failed"))) {
				assertThatExceptionOfType(Error.class).isThrownBy(() -> map.computeIfAbsent(key, (k) -> {
					throw error;
				})).isSameAs(error);
				assertThatExceptionOfType(Error.class).isThrownBy(() -> map.compute(key, (k, old) -> {
					throw error;
				})).isSameAs(error);
			}
			assertThat(map.size()).isZero();
			assertThat(map.computeIfAbsent(key, (k) -> value)).isSameAs(value);
			assertThat(map.size()).isEqualTo(1);
		}
	}

	@Test
	void aFunctionMayClearTheMapAndItsValueIsNotStored() {
		for (WeakDictionary<Object, Object> map : both()) {
			Sample other = new Sample(17, 1);
			Sample key = new Sample(1, 1);
			Sample value = new Sample(-1);
			map.put(other, value);
			assertThat(map.computeIfAbsent(key, (k) -> {
				map.clear();
				assertThat(map.size()).isZero();
				map.purge();
				return value;
			})).isSameAs(value);
			assertThat(map.get(key)).isNull();
			assertThat(map.get(other)).isNull();
			assertThat(map.size()).isZero();
			map.put(key, value);
			assertThat(map.compute(key, (k, old) -> {
				map.clear();
				return new Sample(-2);
			})).isEqualTo(new Sample(-2));
			assertThat(map.get(key)).isNull();
			assertThat(map.size()).isZero();
			assertThat(map.computeIfAbsent(key, (k) -> value)).isSameAs(value);
			assertThat(map.get(key)).isSameAs(value);
		}
	}

	@Test
	void aFunctionMayFillTheTableUntilItGrowsAndShrinks() {
		for (WeakDictionary<Object, Object> map : both()) {
			Sample key = new Sample(1);
			Sample value = new Sample(-1);
			assertThat(map.computeIfAbsent(key, (k) -> {
				List<Sample> more = IntStream.range(10, 5000).mapToObj(Sample::new).toList();
				more.forEach((sample) -> map.put(sample, value));
				assertThat(map.size()).isEqualTo(4990);
				more.forEach(map::remove);
				map.purge();
				return value;
			})).isSameAs(value);
			assertThat(map.get(key)).isSameAs(value);
			assertThat(map.size()).isEqualTo(1);
		}
	}

	@Test
	void nestedFunctionsOnManyKeysWork() {
		for (WeakDictionary<Object, Object> map : both()) {
			Sample value = new Sample(-1);
			assertThat(nested(map, 100, value)).isSameAs(value);
			assertThat(map.liveCount()).isEqualTo(100);
			this.held.clear();
		}
	}

	private Object nested(WeakDictionary<Object, Object> map, int depth, Object value) {
		Sample key = new Sample(depth, depth % 3);
		this.held.add(key);
		return map.computeIfAbsent(key, (k) -> (depth == 1) ? value : nested(map, depth - 1, value));
	}

	@Test
	void aStuckFunctionBlocksNoReaderNoOtherKeyAndNoSweep() throws Exception {
		for (WeakDictionary<Object, Object> map : both()) {
			Sample absent = new Sample(1, 1);
			Sample present = new Sample(2, 1);
			Sample value = new Sample(-1);
			map.put(present, value);
			CountDownLatch stuck = new CountDownLatch(2);
			CountDownLatch release = new CountDownLatch(1);
			Future<?> first = this.executor
				.submit(() -> map.computeIfAbsent(absent, (key) -> await(stuck, release, value)));
			Future<?> second = this.executor
				.submit(() -> map.compute(present, (key, old) -> await(stuck, release, new Sample(-2))));
			stuck.await();
			assertThat(map.get(present)).isSameAs(value);
			assertThat(map.get(absent)).isNull();
			assertThat(map.containsKey(absent)).isFalse();
			assertThat(new ArrayList<>(map.keySet())).containsExactly(present);
			List<Sample> others = IntStream.range(3, 3000).mapToObj((i) -> new Sample(i, i % 50)).toList();
			for (Sample other : others) {
				assertThat(map.put(other, value)).isNull();
			}
			for (Sample other : others) {
				assertThat(map.get(other)).isSameAs(value);
				assertThat(map.compute(other, (key, old) -> value)).isSameAs(value);
				assertThat(map.remove(other)).isSameAs(value);
			}
			map.put(new Sample(5000, 1), new Sample(-3));
			GarbageCollection.collect();
			map.purge();
			assertThat(map.liveCount()).isEqualTo(1);
			Future<?> waiting = this.executor.submit(() -> map.put(absent, value));
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS));
			release.countDown();
			first.get();
			second.get();
			waiting.get();
			assertThat(map.get(absent)).isSameAs(value);
		}
	}

	private static Object await(CountDownLatch stuck, CountDownLatch release, Object value) {
		stuck.countDown();
		try {
			release.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return value;
	}

	@Test
	void waitingForAFunctionKeepsTheInterrupt() throws Exception {
		Sample key = new Sample(1);
		CountDownLatch stuck = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> computing = this.executor
			.submit(() -> this.values.computeIfAbsent(key, (k) -> await(stuck, release, new Sample(-1))));
		stuck.await();
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread waiting = new Thread(() -> {
			this.values.remove(key);
			interrupted.set(Thread.interrupted());
		});
		waiting.start();
		waiting.interrupt();
		GarbageCollection.await(() -> waiting.getState() == Thread.State.TIMED_WAITING);
		release.countDown();
		waiting.join();
		computing.get();
		assertThat(interrupted).isTrue();
		assertThat(this.values.size()).isZero();
	}

	// Many entries

	@Test
	void aMillionEntriesComeAndGoAndLeaveASmallTable() {
		WeakTable<Object, Object> table = new WeakTable<>("test", false, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0,
				WeakDictionaryContract.CLOSED);
		for (int round = 0; round < 2; round++) {
			Object[] values = new Object[500_000];
			for (int i = 0; i < values.length; i++) {
				values[i] = new Object();
				table.put(i, values[i], false);
			}
			assertThat(table.size()).isEqualTo(values.length);
			for (int i = 0; i < values.length; i += 1001) {
				assertThat(table.get(i)).isSameAs(values[i]);
			}
			values = null;
			GarbageCollection.collect();
			table.purge();
			assertThat(table.size()).isZero();
			assertThat(table.liveCount()).isZero();
			assertThat(table.bins()).isEqualTo(WeakTable.DEFAULT_BINS);
		}
	}

	@Test
	void anEmptiedTableIsAsSmallAsANewOneWhateverItsSizeWas() {
		WeakTable<Object, Object> table = new WeakTable<>("test", false, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0,
				WeakDictionaryContract.CLOSED);
		Object value = new Object();
		for (int size = 20; size < 20_000; size *= 2) {
			for (int i = 0; i < size; i++) {
				table.put(i, value, false);
			}
			assertThat(table.bins()).isGreaterThan(WeakTable.DEFAULT_BINS);
			table.clear();
			assertThat(table.bins()).isEqualTo(WeakTable.DEFAULT_BINS);
		}
	}

	/** An exception that no weak collection throws. */
	private static final class Throwing {

		private final int hash;

		private final String where;

		Throwing(int hash, String where) {
			this.hash = hash;
			this.where = where;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			if (this.where.equals("equals")) {
				throw new UnsupportedOperationException(this.where);
			}
			return this == other;
		}

		@Override
		public int hashCode() {
			if (this.where.equals("hashCode")) {
				throw new UnsupportedOperationException(this.where);
			}
			return this.hash;
		}

	}

}
