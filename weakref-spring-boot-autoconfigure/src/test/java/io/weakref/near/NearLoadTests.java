package io.weakref.near;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cache.Cache.ValueRetrievalException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests loads of near caches that wait for each other.
 */
class NearLoadTests {

	private final NearCacheManager manager = new NearCacheManager(
			new NearCacheManager.Levels((name) -> new WeakValueDictionary<>(), InMemorySecondLevel::new,
					UnaryOperator.identity(), WeakCleaner.shared()),
			InMemorySecondLevel.invalidation(), List.of(), Duration.ZERO, Runnable::run);

	private final List<NearCache> caches = List.of(cache("a"), cache("b"));

	@ParameterizedTest
	@ValueSource(ints = { 2, 3, 10 })
	void loadersThatWaitForEachOtherInACycleEndInAnExceptionInOneOfThem(int threads) {
		CyclicBarrier loading = new CyclicBarrier(threads);
		List<CompletableFuture<@Nullable String>> loads = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			int own = i;
			int next = (own + 1) % threads;
			// The cycle leads through both caches.
			loads.add(load(own, () -> {
				loading.await();
				return get(next, () -> "loaded for " + own);
			}));
		}
		awaitAll(loads);
		List<CompletableFuture<@Nullable String>> refused = loads.stream()
			.filter(CompletableFuture::isCompletedExceptionally)
			.toList();
		assertThat(refused).singleElement().satisfies(NearLoadTests::failedAsRecursive);
		for (int i = 0; i < threads; i++) {
			this.caches.get(i % 2).evict(i);
			assertThat(get(i, () -> "new")).isEqualTo("new");
		}
	}

	@Test
	void twoKeysOfOneCacheThatNeedEachOtherFailAndStayUsable() {
		NearCache cache = this.caches.get(0);
		CyclicBarrier loading = new CyclicBarrier(2);
		List<CompletableFuture<@Nullable String>> loads = new ArrayList<>();
		for (String key : List.of("x", "y")) {
			loads.add(inThread(() -> cache.get(key, () -> {
				loading.await();
				return cache.get(key.equals("x") ? "y" : "x", () -> cache.get(key, () -> "never"));
			})));
		}
		awaitAll(loads);
		assertThat(loads).allSatisfy(NearLoadTests::failedAsRecursive);
		assertThat(cache.get("x", () -> "1")).isEqualTo("1");
		assertThat(cache.get("y", () -> "2")).isEqualTo("2");
	}

	@Test
	void cycleThroughANearCacheAndAWeakDictionaryEndsInAnException() {
		WeakValueDictionary<String, Object> dictionary = new WeakValueDictionary<>();
		CyclicBarrier loading = new CyclicBarrier(2);
		Object value = new Object();
		CompletableFuture<@Nullable String> near = load(0, () -> {
			loading.await();
			return dictionary.computeIfAbsent("k", (key) -> value).toString();
		});
		CompletableFuture<Object> weak = inThread(() -> dictionary.computeIfAbsent("k", (key) -> {
			await(loading);
			get(0, () -> "loaded by the dictionary");
			return value;
		}));
		awaitAll(List.of(near, weak));
		assertThat(near.isCompletedExceptionally() || weak.isCompletedExceptionally()).isTrue();
		assertThat(dictionary.computeIfAbsent("k", (key) -> value)).isSameAs(value);
		this.caches.get(0).evict(0);
		assertThat(get(0, () -> "new")).isEqualTo("new");
	}

	@Test
	void loaderThatWaitsForALoadWhichWaitsForNobodyIsNotRefused() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<@Nullable String> first = load(0, () -> {
			inside.countDown();
			release.await();
			return "first";
		});
		inside.await();
		AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
		CompletableFuture<@Nullable String> second = load(1, () -> {
			waiting.set(Thread.currentThread());
			return get(0, () -> "second");
		});
		GarbageCollection.await(() -> isWaiting(waiting.get()));
		release.countDown();
		assertThat(first).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("first");
		assertThat(second).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("first");
	}

	@Test
	void asynchronousLoaderThatAsksForItsOwnKeyFailsAndDoesNotHang() {
		NearCache cache = this.caches.get(0);
		CompletableFuture<String> blocking = inThread(
				() -> cache.retrieve("k", () -> completed(cache.get("k", () -> "never"))).join());
		CompletableFuture<String> asynchronous = inThread(
				() -> cache.retrieve("l", () -> cache.retrieve("l", () -> completed("never"))).join());
		for (CompletableFuture<String> load : List.of(blocking, asynchronous)) {
			assertThat(load).failsWithin(Duration.ofSeconds(10))
				.withThrowableThat()
				.havingRootCause()
				.isInstanceOf(IllegalStateException.class)
				.withMessageStartingWith("Recursive load: ");
		}
		assertThat(cache.get("k", () -> "1")).isEqualTo("1");
		assertThat(cache.retrieve("l", () -> completed("2"))).isCompletedWithValue("2");
	}

	@Test
	void cycleThroughALoaderThatStartsAnAsynchronousLoadEndsInAnExceptionInOneOfThem() {
		NearCache cache = this.caches.get(0);
		CyclicBarrier loading = new CyclicBarrier(2);
		CompletableFuture<@Nullable String> starting = inThread(() -> cache.retrieve("x", () -> {
			await(loading);
			return completed(String.valueOf(cache.get("y", () -> "1")));
		}).join());
		CompletableFuture<@Nullable String> blocking = inThread(() -> cache.get("y", () -> {
			loading.await();
			return cache.get("x", () -> "2");
		}));
		awaitAll(List.of(starting, blocking));
		assertThat(starting.isCompletedExceptionally()).isNotEqualTo(blocking.isCompletedExceptionally());
		cache.clear();
		assertThat(cache.get("x", () -> "new")).isEqualTo("new");
		assertThat(cache.get("y", () -> "new")).isEqualTo("new");
	}

	private static CompletableFuture<String> completed(@Nullable String value) {
		return CompletableFuture.completedFuture(String.valueOf(value));
	}

	private static boolean isWaiting(@Nullable Thread thread) {
		return thread != null
				&& (thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
	}

	private CompletableFuture<@Nullable String> load(int key, Callable<String> loader) {
		return inThread(() -> get(key, loader));
	}

	private @Nullable String get(int key, Callable<@Nullable String> loader) {
		return this.caches.get(key % 2).get(key, loader);
	}

	private static void failedAsRecursive(CompletableFuture<?> load) {
		assertThat(load).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(ValueRetrievalException.class)
			.havingRootCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessageStartingWith("Recursive load: ");
	}

	private static void awaitAll(List<? extends CompletableFuture<?>> loads) {
		GarbageCollection.await(() -> loads.stream().allMatch(CompletableFuture::isDone));
	}

	private static <T extends @Nullable Object> CompletableFuture<T> inThread(Callable<T> action) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(action.call());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private NearCache cache(String name) {
		return (NearCache) Objects.requireNonNull(this.manager.getCache(name));
	}

}
