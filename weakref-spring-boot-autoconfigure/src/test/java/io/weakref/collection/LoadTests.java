package io.weakref.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of values that are computed while other threads remove entries, and of functions
 * that wait for each other.
 */
@Timeout(60)
class LoadTests {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
	}

	static Stream<WeakDictionary<Object, Object>> maps() {
		return Stream.of(new WeakValueDictionary<>(), new WeakKeyDictionary<>());
	}

	// Removal while a value is computed

	@ParameterizedTest
	@MethodSource("maps")
	void aValueThatIsLoadedDuringClearIsNotFoundAfterwards(WeakDictionary<Object, Object> map) throws Exception {
		assertNotFoundAfter(map, (m, key, loaded) -> m.clear());
		assertNotFoundAfter(map, (m, key, loaded) -> m.keySet().clear());
		assertNotFoundAfter(map, (m, key, loaded) -> m.values().clear());
	}

	@ParameterizedTest
	@MethodSource("maps")
	void aValueThatIsLoadedDuringABulkRemovalThatMatchesItIsNotFoundAfterwards(WeakDictionary<Object, Object> map)
			throws Exception {
		assertNotFoundAfter(map, (m, key, loaded) -> m.values().removeIf(loaded::equals));
		assertNotFoundAfter(map, (m, key, loaded) -> m.keySet().removeIf(key::equals));
		assertNotFoundAfter(map, (m, key, loaded) -> m.entrySet().removeIf((entry) -> entry.getValue().equals(loaded)));
		assertNotFoundAfter(map, (m, key, loaded) -> m.values().removeAll(List.of(loaded)));
		assertNotFoundAfter(map, (m, key, loaded) -> m.keySet().removeAll(List.of(key)));
		assertNotFoundAfter(map, (m, key, loaded) -> m.values().retainAll(List.of()));
		assertNotFoundAfter(map, (m, key, loaded) -> m.keySet().retainAll(List.of(new Sample(2))));
	}

	/** Computations of an absent key, a present key, and a key among ordered ones. */
	private void assertNotFoundAfter(WeakDictionary<Object, Object> map, Removal removal) throws Exception {
		Object loaded = new Sample(-1);
		List<Computation> ofAbsent = List.of((m, key, function) -> m.computeIfAbsent(key, (k) -> function.get()),
				(m, key, function) -> m.compute(key, (k, old) -> function.get()));
		List<Computation> ofPresent = List.of((m, key, function) -> m.compute(key, (k, old) -> function.get()),
				(m, key, function) -> m.computeIfPresent(key, (k, old) -> function.get()),
				(m, key, function) -> m.merge(key, loaded, (old, given) -> function.get()));
		for (int neighbours : new int[] { 0, 20 }) {
			for (Computation computation : ofAbsent) {
				assertNotFoundAfter(map, neighbours, null, computation, loaded, removal);
			}
			for (Computation computation : ofPresent) {
				assertNotFoundAfter(map, neighbours, new Sample(-2), computation, loaded, removal);
			}
		}
	}

	/**
	 * Remove while a value is computed.
	 * @param neighbours the number of other keys with the same hash code; if they are
	 * many, the keys are ordered unless they are weak
	 * @param present the value that the key has before, {@code null} if it has none
	 */
	private void assertNotFoundAfter(WeakDictionary<Object, Object> map, int neighbours, @Nullable Object present,
			Computation computation, Object loaded, Removal removal) throws Exception {
		Object key = new Colliding(0);
		List<Colliding> others = IntStream.rangeClosed(1, neighbours).mapToObj(Colliding::new).toList();
		Sample other = new Sample(-3);
		others.forEach((each) -> map.put(each, other));
		if (present != null) {
			map.put(key, present);
		}
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> loading = this.executor.submit(() -> computation.start(map, key, () -> {
			inside.countDown();
			awaitUninterruptibly(release);
			return loaded;
		}));
		inside.await();
		// It waits if it is to remove the present value.
		FutureTask<?> removing = new FutureTask<>(() -> removal.remove(map, key, loaded), null);
		Thread thread = new Thread(removing);
		thread.start();
		GarbageCollection.await(() -> removing.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
		release.countDown();
		assertThat(loading.get()).isSameAs(loaded);
		removing.get();
		assertThat(map.get(key)).isNull();
		assertThat(map.size()).isEqualTo(map.liveCount()).isIn(0, neighbours);
		assertThat(map.computeIfAbsent(key, (k) -> loaded)).isSameAs(loaded);
		assertThat(map.get(key)).isSameAs(loaded);
		map.clear();
		assertThat(others).hasSize(neighbours);
	}

	private interface Computation {

		@Nullable Object start(WeakDictionary<Object, Object> map, Object key, Supplier<Object> function);

	}

	private interface Removal {

		void remove(WeakDictionary<Object, Object> map, Object key, Object loaded);

	}

	@ParameterizedTest
	@MethodSource("maps")
	void aValueThatIsLoadedDuringABulkRemovalThatDoesNotMatchItIsFound(WeakDictionary<Object, Object> map)
			throws Exception {
		Object key = new Sample(1);
		Object value = new Sample(-1);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> loading = this.executor.submit(() -> map.computeIfAbsent(key, (k) -> {
			inside.countDown();
			awaitUninterruptibly(release);
			return value;
		}));
		inside.await();
		map.values().removeIf(new Sample(-2)::equals);
		map.keySet().removeIf(new Sample(2)::equals);
		release.countDown();
		assertThat(loading.get()).isSameAs(value);
		assertThat(map.get(key)).isSameAs(value);
	}

	@ParameterizedTest
	@MethodSource("maps")
	void aClearedKeyIsFreeForOthersThoughItsFunctionStillRuns(WeakDictionary<Object, Object> map) throws Exception {
		Object key = new Sample(1);
		Object old = new Sample(-1);
		Object replaced = new Sample(-2);
		map.put(key, old);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> computing = this.executor.submit(() -> map.compute(key, (k, present) -> {
			inside.countDown();
			awaitUninterruptibly(release);
			return replaced;
		}));
		inside.await();
		Future<?> waiting = this.executor.submit(() -> map.putIfAbsent(key, old));
		map.clear();
		waiting.get();
		assertThat(map.put(key, old)).isIn(old, null);
		assertThat(map.get(key)).isSameAs(old);
		release.countDown();
		assertThat(computing.get()).isSameAs(replaced);
		assertThat(map.get(key)).isSameAs(old);
		assertThat(map.size()).isEqualTo(1);
	}

	// Cycles

	@ParameterizedTest
	@ValueSource(ints = { 2, 3, 10 })
	void functionsThatWaitForEachOtherInACycleEndInAnExceptionInOneOfThem(int threads) throws Exception {
		List<WeakDictionary<Object, Object>> maps = maps().toList();
		CyclicBarrier reserved = new CyclicBarrier(threads);
		List<Future<Object>> results = new ArrayList<>();
		List<Sample> values = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			int own = i;
			values.add(new Sample(-i));
			// The cycle leads through several maps.
			results.add(this.executor.submit(() -> maps.get(own % 2).computeIfAbsent(new Sample(own), (key) -> {
				await(reserved);
				int next = (own + 1) % threads;
				return maps.get(next % 2).computeIfAbsent(new Sample(next), (other) -> values.get(next));
			})));
		}
		int refused = 0;
		for (Future<Object> result : results) {
			try {
				result.get();
			}
			catch (ExecutionException ex) {
				assertThat(ex.getCause()).isInstanceOf(IllegalStateException.class)
					.hasMessageStartingWith("Recursive update");
				refused++;
			}
		}
		assertThat(refused).isEqualTo(1);
		for (int i = 0; i < threads; i++) {
			Sample value = new Sample(1000 + i);
			assertThat(maps.get(i % 2).compute(new Sample(i), (key, old) -> value)).isSameAs(value);
		}
	}

	@ParameterizedTest
	@MethodSource("maps")
	void aCycleThroughTheThreadThatIsNextForAKeyIsRefused(WeakDictionary<Object, Object> map) throws Exception {
		// Timeouts can change the order of the waiting threads, and in the other order
		// there is no cycle.
		boolean refused = false;
		for (int round = 0; round < 100 && !refused; round++) {
			refused = isCycleRefused(map, new Sample(2 * round), new Sample(2 * round + 1));
		}
		assertThat(refused).isTrue();
	}

	private boolean isCycleRefused(WeakDictionary<Object, Object> map, Object contended, Object other)
			throws Exception {
		Object value = new Sample(-1);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> first = this.executor.submit(() -> map.compute(contended, (key, old) -> {
			inside.countDown();
			awaitUninterruptibly(release);
			return value;
		}));
		inside.await();
		FutureTask<Object> next = new FutureTask<>(
				() -> map.compute(contended, (key, old) -> map.compute(other, (k, o) -> value)));
		FutureTask<Object> last = new FutureTask<>(
				() -> map.compute(other, (key, old) -> map.compute(contended, (k, o) -> value)));
		for (FutureTask<Object> task : List.of(next, last)) {
			Thread thread = new Thread(task);
			thread.start();
			GarbageCollection.await(() -> thread.getState() == Thread.State.TIMED_WAITING);
		}
		release.countDown();
		assertThat(first.get()).isSameAs(value);
		assertThat(last.get()).isSameAs(value);
		boolean refused = false;
		try {
			next.get();
		}
		catch (ExecutionException ex) {
			assertThat(ex).cause().isInstanceOf(IllegalStateException.class).hasMessageStartingWith("Recursive update");
			refused = true;
		}
		assertThat(map.get(contended)).isSameAs(value);
		assertThat(map.get(other)).isSameAs(value);
		return refused;
	}

	@ParameterizedTest
	@MethodSource("maps")
	void aWaitThatClosesNoCycleIsNotRefused(WeakDictionary<Object, Object> map) throws Exception {
		Object value = new Sample(-1);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> first = this.executor.submit(() -> map.computeIfAbsent(new Sample(1), (key) -> {
			inside.countDown();
			awaitUninterruptibly(release);
			return value;
		}));
		inside.await();
		Future<?> second = this.executor.submit(() -> map.computeIfAbsent(new Sample(2),
				(key) -> map.computeIfAbsent(new Sample(1), (other) -> value)));
		release.countDown();
		assertThat(first.get()).isSameAs(value);
		assertThat(second.get()).isSameAs(value);
	}

	@ParameterizedTest
	@MethodSource("maps")
	void everyWriteOfItsOwnKeyIsRefusedInsideAFunction(WeakDictionary<Object, Object> map) {
		Object key = new Sample(1);
		Object value = new Sample(-1);
		List<Runnable> writers = List.of(() -> map.put(key, value), () -> map.putIfAbsent(key, value),
				() -> map.remove(key), () -> map.replace(key, value), () -> map.compute(key, (k, old) -> value),
				() -> map.computeIfAbsent(key, (k) -> value), () -> map.merge(key, value, (old, given) -> given));
		for (Runnable writer : writers) {
			assertThatIllegalStateException().isThrownBy(() -> map.computeIfAbsent(key, (k) -> {
				writer.run();
				return value;
			})).withMessageStartingWith("Recursive update");
			assertThat(map.isEmpty()).isTrue();
		}
	}

	// Many waiting threads

	@ParameterizedTest
	@MethodSource("maps")
	void eachOfManyComputationsOfOneKeySeesWhatThePreviousOneHasStored(WeakDictionary<Object, Object> map)
			throws Exception {
		Object key = new Sample(1);
		List<Object> held = new ArrayList<>();
		Thread[] threads = new Thread[200];
		AtomicInteger lost = new AtomicInteger();
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> map.compute(key, (k, old) -> {
				int number = (old != null) ? ((Sample) old).number : 0;
				if (number != held.size()) {
					lost.incrementAndGet();
				}
				Sample next = new Sample(number + 1);
				held.add(next);
				return next;
			}));
		}
		for (Thread thread : threads) {
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(lost).hasValue(0);
		assertThat(held).hasSize(threads.length);
		assertThat(map.get(key)).isEqualTo(new Sample(threads.length));
	}

	@ParameterizedTest
	@MethodSource("maps")
	void noneOfManyUpdatesOfOneKeyIsLost(WeakDictionary<Object, Object> map) throws Exception {
		Object key = new Sample(0);
		int updates = 20_000;
		AtomicReference<Object> held = new AtomicReference<>();
		List<Future<?>> done = new ArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			done.add(this.executor.submit(() -> {
				for (int i = 0; i < updates; i++) {
					map.compute(key, (k, old) -> {
						Object next = new Sample((old != null) ? ((Sample) old).number + 1 : 1);
						held.set(next);
						return next;
					});
				}
			}));
		}
		for (Future<?> each : done) {
			each.get();
		}
		assertThat(map.get(key)).isEqualTo(new Sample(4 * updates));
	}

	@ParameterizedTest
	@MethodSource("maps")
	@EnabledForJreRange(min = JRE.JAVA_21)
	void noneOfTenThousandUpdatesOfOneKeyByVirtualThreadsIsLost(WeakDictionary<Object, Object> map) throws Exception {
		int threads = 10_000;
		Object key = new Sample(0);
		AtomicReference<Object> held = new AtomicReference<>();
		AtomicInteger updates = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(threads);
		// Uses reflection, because these tests are compiled for a JDK without virtual
		// threads.
		Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
		ThreadFactory factory = (ThreadFactory) Class.forName("java.lang.Thread$Builder")
			.getMethod("factory")
			.invoke(builder);
		map.compute(key, (k, none) -> {
			for (int i = 0; i < threads; i++) {
				factory.newThread(() -> {
					map.compute(key, (again, old) -> {
						Object next = new Sample((old != null) ? ((Sample) old).number + 1 : -1);
						held.set(next);
						updates.incrementAndGet();
						return next;
					});
					done.countDown();
				}).start();
			}
			held.set(new Sample(0));
			return held.get();
		});
		done.await();
		assertThat(updates).hasValue(threads);
		assertThat(map.get(key)).isEqualTo(new Sample(threads));
	}

	@Test
	void oneOfManyCallersThatAskForAnAbsentKeyLoadsIt() throws Exception {
		WeakValueDictionary<Object, Object> map = new WeakValueDictionary<>();
		Object value = new Object();
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch release = new CountDownLatch(1);
		List<Future<?>> results = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			results.add(this.executor.submit(() -> map.computeIfAbsent(1, (key) -> {
				loads.incrementAndGet();
				awaitUninterruptibly(release);
				return value;
			})));
		}
		release.countDown();
		for (Future<?> result : results) {
			assertThat(result.get()).isSameAs(value);
		}
		assertThat(loads).hasValue(1);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Collides with all others, and is comparable. */
	private record Colliding(int number) implements Comparable<Colliding> {

		@Override
		public int compareTo(Colliding other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public int hashCode() {
			return 1;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Colliding that && this.number == that.number;
		}

	}

}
