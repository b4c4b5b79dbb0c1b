package io.weakref.collection;

import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import io.weakref.cache.WeakCacheManager;
import io.weakref.cache.WeakValueCache;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests that no user code runs while a lock of the library is held: {@code equals},
 * {@code hashCode} and {@code compareTo} of keys and values, functions, and conditions.
 */
@Timeout(60)
@Tag("slow")
class UserCodeTests {

	private static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private static final List<String> underLocks = new ArrayList<>();

	private static long calls;

	private final List<Object> held = new ArrayList<>();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	@BeforeEach
	void start() {
		calls = 0;
		underLocks.clear();
	}

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
	}

	private static void assertNothingRanUnderALock(long leastCalls) {
		assertThat(calls).isGreaterThan(leastCalls);
		assertThat(underLocks).isEmpty();
	}

	static Stream<WeakDictionary<Object, Object>> maps() {
		return Stream.of(new WeakValueDictionary<>(), new WeakKeyDictionary<>(),
				WeakKeyDictionary.builder().keyRetention(KeyRetention.NEWEST).build(),
				WeakValueDictionary.builder().holdFor(Duration.ofHours(1)).holdMax(10).build());
	}

	@ParameterizedTest
	@MethodSource("maps")
	void noCallOfADictionaryRunsUserCodeUnderALock(WeakDictionary<Object, Object> map) {
		// First few keys collide, then so many that comparable ones are ordered.
		for (int round = 0; round < 25; round++) {
			everyCall(map, new Watching(round % 20), new Watching(-round));
		}
		assertNothingRanUnderALock(1000);
	}

	private void everyCall(WeakDictionary<Object, Object> map, Watching key, Watching value) {
		Watching other = new Watching(-1000);
		this.held.addAll(List.of(key, value, other));
		map.put(key, value);
		map.putIfAbsent(new Watching(key.number), other);
		map.get(new Watching(key.number));
		assertThat(map.containsKey(new Watching(key.number))).isTrue();
		assertThat(map.containsValue(other)).isIn(true, false);
		map.replace(key, other);
		map.replace(key, new Watching(-1000), value);
		map.remove(key, new Watching(-5000));
		map.computeIfAbsent(new Watching(key.number), (k) -> watched(other));
		map.computeIfPresent(key, (k, old) -> watched(value));
		map.compute(new Watching(key.number), (k, old) -> watched(other));
		map.merge(key, value, (old, given) -> watched(given));
		map.compute(key, (k, old) -> {
			// Searches the threads that wait for each other.
			assertThatIllegalStateException().isThrownBy(() -> map.put(new Watching(key.number), other));
			return watched(other);
		});
		map.replaceAll((k, old) -> watched(old));
		map.forEach((k, v) -> watched(v));
		map.entrySet().forEach((entry) -> entry.setValue(watched(value)));
		assertThat(map.equals(Map.of(key, value))).isIn(true, false);
		map.keySet().removeIf((k) -> watched(k).equals(new Watching(3)));
		map.values().removeIf((v) -> watched(v).equals(new Watching(-3)));
		map.entrySet().removeIf((entry) -> watched(entry.getKey()).equals(new Watching(4)));
		map.remove(new Watching((key.number * 7) % 40));
		if (key.number == 19) {
			map.pollEntry();
			map.purge();
		}
	}

	@Test
	void noCallOfASetRunsUserCodeUnderALock() {
		WeakSet<Object> set = new WeakSet<>();
		for (int round = 0; round < 60; round++) {
			Watching element = new Watching(round % 20);
			this.held.add(element);
			set.add(element);
			assertThat(watched(set.intern(new Watching(round % 20)))).isIn(this.held);
			assertThat(set.contains(new Watching(round))).isIn(true, false);
			set.removeIf((each) -> watched(each).equals(new Watching(3)));
			set.retainAll(this.held);
			set.remove(new Watching(round % 7));
			this.held.add(set.intern(new Watching(round % 7)));
		}
		assertNothingRanUnderALock(1000);
	}

	@Test
	void noCallOfLocksRunsUserCodeUnderALock() throws Exception {
		WeakLocks<Watching> locks = new WeakLocks<>();
		for (int round = 0; round < 60; round++) {
			Watching key = new Watching(round % 30);
			this.held.add(locks.get(key));
			locks.lock(new Watching(key.number)).close();
			locks.lockInterruptibly(new Watching(key.number)).close();
			assertThat(locks.tryLock(new Watching(key.number))).isNotNull().satisfies(WeakLocks.Held::close);
			assertThat(locks.tryLock(new Watching(key.number), Duration.ofSeconds(1))).isNotNull()
				.satisfies(WeakLocks.Held::close);
			locks.purge();
		}
		assertThat(locks.size()).isEqualTo(30);
		assertNothingRanUnderALock(1000);
	}

	@Test
	void noCallOfASpringCacheRunsUserCodeUnderALock() throws Exception {
		WeakValueDictionary<Object, Object> dictionary = new WeakValueDictionary<>();
		WeakCacheManager manager = new WeakCacheManager((name) -> dictionary, List.of("watched"));
		WeakValueCache cache = Objects.requireNonNull(manager.getCache("watched"));
		for (int round = 0; round < 60; round++) {
			Watching key = new Watching(round % 20);
			Watching value = new Watching(-round);
			this.held.add(value);
			cache.get(new Watching(key.number));
			cache.get(key, () -> cache.get(new Watching(100), () -> watched(value)));
			cache.evict(new Watching(100));
			cache.retrieve(new Watching(key.number));
			cache.evictIfPresent(new Watching(key.number));
			assertThat(cache.retrieve(key, () -> {
				watch();
				return CompletableFuture.completedFuture(value);
			}).get()).isSameAs(value);
			loadLate(cache, new Watching(200), value);
			cache.put(new Watching(key.number), value);
			cache.putIfAbsent(key, value);
		}
		cache.invalidate();
		assertNothingRanUnderALock(1000);
	}

	/** Several calls for one key, which is loaded, evicted, and loaded again. */
	private static void loadLate(WeakValueCache cache, Watching key, Object value) throws Exception {
		CompletableFuture<Object> load = new CompletableFuture<>();
		Future<?> first = cache.retrieve(new Watching(key.number), () -> load);
		Future<?> joined = cache.retrieve(new Watching(key.number), () -> load);
		assertThat(cache.get(new Watching(key.number), () -> watched(value))).isSameAs(value);
		load.complete(value);
		assertThat(first.get()).isSameAs(value);
		assertThat(joined.get()).isSameAs(value);
		cache.evict(new Watching(key.number));
		CompletableFuture<Object> forgotten = new CompletableFuture<>();
		Future<?> last = cache.retrieve(new Watching(key.number), () -> forgotten);
		cache.clear();
		forgotten.complete(value);
		assertThat(last.get()).isSameAs(value);
	}

	@Test
	void aKeyWhoseEqualsBlocksStopsNoSweepNoCallbackAndNoOtherKey() throws Exception {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("blocked").build()) {
			WeakValueDictionary<Object, Object> blocked = WeakValueDictionary.builder().cleaner(cleaner).build();
			WeakValueDictionary<Object, Object> other = WeakValueDictionary.builder().cleaner(cleaner).build();
			Sample value = new Sample(-1);
			CountDownLatch inside = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			blocked.put(new Sample(1, 1), value);
			blocked.put(new Sample(2, 1), new Object());
			Blocking key = new Blocking(inside, release);
			Future<?> writer = this.executor.submit(() -> blocked.put(key, value));
			inside.await();
			for (int i = 0; i < 100; i++) {
				other.put(new Sample(i), new Object());
			}
			GarbageCollection.collect();
			GarbageCollection.await(() -> other.size() == 0 && blocked.size() == 1);
			assertThat(blocked.put(new Sample(1, 1), value)).isSameAs(value);
			release.countDown();
			writer.get();
			assertThat(blocked.get(key)).isSameAs(value);
		}
	}

	private static <T> T watched(T object) {
		watch();
		return object;
	}

	private static void watch() {
		calls++;
		ThreadInfo thread = threads.getThreadInfo(new long[] { Thread.currentThread().getId() }, true, false)[0];
		StackTraceElement[] stack = thread.getStackTrace();
		int testMethod = stack.length - 1;
		while (!stack[testMethod].getClassName().equals(UserCodeTests.class.getName())) {
			testMethod--;
		}
		for (MonitorInfo monitor : thread.getLockedMonitors()) {
			// Not only monitors of the library's classes: arrays can be locked, too.
			if (monitor.getLockedStackDepth() < testMethod) {
				underLocks.add(monitor + " in " + Arrays.toString(stack));
			}
		}
	}

	/** All have one hash code. */
	private static final class Watching implements Comparable<Watching> {

		private final int number;

		Watching(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Watching other) {
			watch();
			return Integer.compare(this.number, other.number);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			watch();
			return other instanceof Watching that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			watch();
			return 1;
		}

	}

	/** Blocks when it is compared for the first time. */
	private static final class Blocking {

		private final CountDownLatch inside;

		private final CountDownLatch release;

		Blocking(CountDownLatch inside, CountDownLatch release) {
			this.inside = inside;
			this.release = release;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			this.inside.countDown();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return this == other;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}
