package io.weakref.near;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link NearCacheManager}.
 */
@ExtendWith(OutputCaptureExtension.class)
class NearCacheManagerTests {

	private final Map<String, WeakValueDictionary<NearKey, Object>> firstLevels = new ConcurrentHashMap<>();

	@Test
	void listenerReceivesEachExistingAndEachNewCacheOnce() {
		NearCacheManager manager = manager(this::firstLevel);
		Cache tiles = manager.getCache("tiles");
		List<Cache> heard = new ArrayList<>();
		manager.forEachCache(heard::add);
		assertThat(heard).containsExactly(tiles);
		Cache people = manager.getCache("people");
		manager.getCache("tiles");
		assertThat(heard).containsExactly(tiles, people);
	}

	@Test
	void listenerThatThrowsAffectsNeitherOtherListenersNorItsCaller(CapturedOutput output) {
		NearCacheManager manager = manager(this::firstLevel);
		Cache tiles = manager.getCache("tiles");
		manager.forEachCache((cache) -> {
			throw new IllegalStateException("rejects " + cache);
		});
		List<Cache> heard = new ArrayList<>();
		manager.forEachCache(heard::add);
		Cache people = manager.getCache("people");
		assertThat(people).isNotNull().isSameAs(manager.getCache("people"));
		assertThat(heard).containsExactly(tiles, people);
		assertThat(output).contains("A listener of NearCache 'people' failed", "rejects NearCache 'people'");
	}

	@Test
	void listenerMayCreateACacheOrWaitForAnotherThreadThatCreatesOne() {
		NearCacheManager manager = manager(this::firstLevel);
		List<String> heard = new CopyOnWriteArrayList<>();
		manager.forEachCache((cache) -> {
			if (cache.getName().equals("a")) {
				manager.getCache("b");
				assertThat(inThread(() -> manager.getCache("c"))).succeedsWithin(10, TimeUnit.SECONDS);
			}
			heard.add(cache.getName());
		});
		manager.getCache("a");
		assertThat(heard).containsExactly("a", "b", "c");
	}

	@Test
	void levelsAreCreatedOutsideEveryLock() {
		AtomicReference<NearCacheManager> self = new AtomicReference<>();
		NearCacheManager manager = manager((name) -> {
			if (name.equals("near-a")) {
				assertThat(inThread(() -> Objects.requireNonNull(self.get()).getCache("b"))).succeedsWithin(10,
						TimeUnit.SECONDS);
			}
			return firstLevel(name);
		});
		self.set(manager);
		assertThat(manager.getCache("a")).isNotNull();
		assertThat(manager.getCacheNames()).containsExactly("a", "b");
	}

	@Test
	void cacheThatTwoThreadsCreateAtOnceSubscribesOnceAndIsOneForBoth() {
		AtomicInteger subscriptions = new AtomicInteger();
		CyclicBarrier creating = new CyclicBarrier(2);
		NearCacheManager manager = manager((name) -> {
			await(creating);
			return firstLevel(name);
		}, invalidation(subscriptions::incrementAndGet));
		CompletableFuture<@Nullable Cache> one = inThread(() -> manager.getCache("tiles"));
		CompletableFuture<@Nullable Cache> other = inThread(() -> manager.getCache("tiles"));
		assertThat(one).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(other).succeedsWithin(10, TimeUnit.SECONDS).isSameAs(one.join());
		assertThat(subscriptions).hasValue(1);
	}

	@Test
	void failureToSubscribeLeavesNoCacheBehind() {
		AtomicInteger attempts = new AtomicInteger();
		NearCacheManager manager = manager(this::firstLevel, invalidation(() -> {
			if (attempts.incrementAndGet() == 1) {
				throw new IllegalStateException("not yet");
			}
		}));
		assertThatIllegalStateException().isThrownBy(() -> manager.getCache("tiles")).withMessage("not yet");
		assertThat(manager.getCacheNames()).isEmpty();
		assertThat(manager.getCache("tiles")).isNotNull();
		assertThat(attempts).hasValue(2);
	}

	private static NearCacheManager manager(Function<String, WeakValueDictionary<NearKey, Object>> first) {
		return manager(first, InMemorySecondLevel.invalidation());
	}

	private static NearCacheManager manager(Function<String, WeakValueDictionary<NearKey, Object>> first,
			NearInvalidation invalidation) {
		return new NearCacheManager(new NearCacheManager.Levels(first, InMemorySecondLevel::new,
				UnaryOperator.identity(), WeakCleaner.shared()), invalidation, List.of(), Duration.ZERO, Runnable::run);
	}

	private static NearInvalidation invalidation(Runnable subscribing) {
		return new NearInvalidation() {

			@Override
			public Subscription subscribe(byte[] prefix, Listener listener) {
				subscribing.run();
				return (key) -> 0;
			}

			@Override
			public Trust trust() {
				return Trust.TRUSTED;
			}

		};
	}

	private WeakValueDictionary<NearKey, Object> firstLevel(String name) {
		return this.firstLevels.computeIfAbsent(name, (absent) -> new WeakValueDictionary<>());
	}

	private static CompletableFuture<@Nullable Cache> inThread(Supplier<@Nullable Cache> action) {
		return CompletableFuture.supplyAsync(action, (task) -> new Thread(task).start());
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
