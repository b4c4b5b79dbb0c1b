package io.weakref.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls every operation of a {@link WeakValueCache}, from several threads at once and
 * from within its loaders.
 */
@Tag("slow")
class CacheLoadStressTests {

	private static final int KEYS = 4;

	private static final int THREADS = 4;

	private static final int ROUNDS = 20_000;

	private final WeakValueCache cache = new WeakValueCache("stress", new WeakValueDictionary<>());

	/** The current version of each value in its source. */
	private final AtomicIntegerArray source = new AtomicIntegerArray(KEYS);

	/** The version in the source before the latest eviction or clear that has ended. */
	private final AtomicIntegerArray evicted = new AtomicIntegerArray(KEYS);

	private final ExecutorService completers = Executors.newFixedThreadPool(2, CacheLoadStressTests::daemon);

	@Test
	void noCallWaitsForeverAndNoEvictedOrClearedValueIsFound() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS, CacheLoadStressTests::daemon);
		List<Future<Integer>> results = new ArrayList<>();
		try {
			for (int i = 0; i < THREADS; i++) {
				results.add(threads.submit(this::use));
			}
			int checked = 0;
			for (Future<Integer> result : results) {
				checked += result.get(120, TimeUnit.SECONDS);
			}
			assertThat(checked).isGreaterThan(ROUNDS);
		}
		finally {
			threads.shutdownNow();
			this.completers.shutdownNow();
		}
	}

	private int use() throws Exception {
		int checked = 0;
		for (int round = 0; round < ROUNDS; round++) {
			int key = ThreadLocalRandom.current().nextInt(KEYS);
			int floor = this.evicted.get(key);
			Value found = act(key);
			if (found != null) {
				assertThat(found.key).isEqualTo(key);
				assertThat(found.version).as("read from the source after the last eviction")
					.isGreaterThanOrEqualTo(floor);
				checked++;
			}
		}
		return checked;
	}

	private @Nullable Value act(int key) throws Exception {
		return switch (ThreadLocalRandom.current().nextInt(12)) {
			case 0, 1, 2, 3 -> this.cache.get(key, () -> {
				Value value = read(key);
				nest(key);
				return value;
			});
			case 4, 5 ->
				this.cache.<Value>retrieve(key, () -> CompletableFuture.supplyAsync(() -> read(key), this.completers))
					.get(60, TimeUnit.SECONDS);
			case 6 ->
				this.cache.retrieve(key, () -> CompletableFuture.completedFuture(read(key))).get(60, TimeUnit.SECONDS);
			case 7 -> {
				change(key);
				yield null;
			}
			case 8 -> {
				changeAll();
				yield null;
			}
			case 9 -> {
				this.cache.putIfAbsent(key, new Value(key, Integer.MAX_VALUE));
				this.cache.evict(key);
				yield null;
			}
			default -> this.cache.get(key, Value.class);
		};
	}

	/**
	 * Called in a loader: only operations that wait for nothing, or that wait for greater
	 * keys, so that blocking loads form no cycle.
	 */
	private void nest(int key) throws Exception {
		switch (ThreadLocalRandom.current().nextInt(10)) {
			case 0 -> this.cache.clear();
			case 1 -> this.cache.evict(key);
			case 2 -> this.cache.retrieve(key, () -> CompletableFuture.completedFuture(read(key))).join();
			case 3 -> this.cache.retrieve(key, () -> CompletableFuture.supplyAsync(() -> read(key), this.completers))
				.get(60, TimeUnit.SECONDS);
			case 4 -> this.cache.retrieve(0, () -> CompletableFuture.completedFuture(read(0))).join();
			case 5 -> {
				if (key + 1 < KEYS) {
					this.cache.get(key + 1, () -> read(key + 1));
				}
			}
			case 6 -> {
				if (key + 1 < KEYS) {
					this.cache.evict(key + 1);
				}
			}
			default -> Thread.yield();
		}
	}

	private Value read(int key) {
		return new Value(key, this.source.get(key));
	}

	private void change(int key) {
		int version = this.source.incrementAndGet(key);
		this.cache.evict(key);
		this.evicted.accumulateAndGet(key, version, Math::max);
	}

	private void changeAll() {
		int[] versions = IntStream.range(0, KEYS).map(this.source::incrementAndGet).toArray();
		this.cache.clear();
		for (int key = 0; key < KEYS; key++) {
			this.evicted.accumulateAndGet(key, versions[key], Math::max);
		}
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task, "stress");
		thread.setDaemon(true);
		return thread;
	}

	private record Value(int key, int version) {
	}

}
