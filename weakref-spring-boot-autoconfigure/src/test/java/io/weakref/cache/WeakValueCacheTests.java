package io.weakref.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WeakValueCache}.
 */
class WeakValueCacheTests {

	private final WeakValueDictionary<Object, Object> dictionary = new WeakValueDictionary<>();

	private final WeakValueCache cache = new WeakValueCache("tiles", this.dictionary);

	private final Tile tile = new Tile();

	@Test
	void nativeCacheIsTheDictionary() {
		assertThat(this.cache.getNativeCache()).isSameAs(this.dictionary);
		assertThat(this.cache.getName()).isEqualTo("tiles");
	}

	@Test
	void getReturnsTheSameObjectThatWasPut() {
		this.cache.put("a", this.tile);
		assertThat(this.cache.get("a")).extracting(Cache.ValueWrapper::get).isSameAs(this.tile);
		assertThat(this.cache.get("a", Tile.class)).isSameAs(this.tile);
		assertThat(this.cache.get("b")).isNull();
		assertThat(this.cache.get("b", Tile.class)).isNull();
	}

	@Test
	void getOfAnotherTypeIsRefused() {
		this.cache.put("a", this.tile);
		assertThatIllegalStateException().isThrownBy(() -> this.cache.get("a", String.class));
	}

	@Test
	@Tag("promise-25")
	void deadValueIsAMiss() {
		this.cache.put("a", new Tile());
		GarbageCollection.until(() -> this.cache.get("a") == null);
		assertThat(this.cache.retrieve("a")).isNull();
		assertThat(this.cache.invalidate()).isFalse();
	}

	@Test
	void putOfNullRemovesTheKey() {
		this.cache.put("a", this.tile);
		this.cache.put("a", null);
		assertThat(this.dictionary).isEmpty();
	}

	@Test
	void putIfAbsentReturnsTheValueThatStays() {
		assertThat(this.cache.putIfAbsent("a", this.tile)).isNull();
		assertThat(this.cache.putIfAbsent("a", new Tile())).extracting(Cache.ValueWrapper::get).isSameAs(this.tile);
		assertThat(this.cache.get("a", Tile.class)).isSameAs(this.tile);
	}

	@Test
	void putIfAbsentOfNullStoresNothing() {
		assertThat(this.cache.putIfAbsent("a", null)).isNull();
		assertThat(this.dictionary).isEmpty();
		this.cache.put("a", this.tile);
		assertThat(this.cache.putIfAbsent("a", null)).extracting(Cache.ValueWrapper::get).isSameAs(this.tile);
	}

	@Test
	void evictIfPresentReturnsWhetherThereWasAValue() {
		this.cache.put("a", this.tile);
		assertThat(this.cache.evictIfPresent("a")).isTrue();
		assertThat(this.cache.evictIfPresent("a")).isFalse();
		this.cache.put("a", this.tile);
		this.cache.evict("a");
		assertThat(this.dictionary).isEmpty();
	}

	@Test
	void invalidateReturnsWhetherThereWasAValue() {
		this.cache.put("a", this.tile);
		assertThat(this.cache.invalidate()).isTrue();
		assertThat(this.dictionary).isEmpty();
		assertThat(this.cache.invalidate()).isFalse();
	}

	@Test
	void getLoadsAndStores() {
		assertThat(this.cache.get("a", () -> this.tile)).isSameAs(this.tile);
		assertThat(this.cache.get("a", Tile::new)).isSameAs(this.tile);
		assertThat(this.dictionary).containsOnly(Map.entry("a", this.tile));
	}

	@Test
	void nullFromALoaderIsReturnedAndNotStored() {
		assertThat(this.cache.<Tile>get("a", () -> null)).isNull();
		assertThat(this.dictionary).isEmpty();
		assertThat(this.cache.get("a", () -> this.tile)).isSameAs(this.tile);
	}

	@Test
	void exceptionOfALoaderIsWrappedAndNothingStored() {
		IOException failure = new IOException("disk");
		assertThatExceptionOfType(ValueRetrievalException.class).isThrownBy(() -> this.cache.get("a", () -> {
			throw failure;
		})).withCause(failure).extracting(ValueRetrievalException::getKey).isEqualTo("a");
		assertThat(this.dictionary).isEmpty();
	}

	@Test
	void errorOfALoaderIsNotWrapped() {
		StackOverflowError failure = new StackOverflowError();
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> this.cache.get("a", () -> {
			throw failure;
		})).isSameAs(failure);
	}

	@Test
	@Tag("promise-33")
	void threadsThatAskAtTheSameTimeGetOneLoad() throws Exception {
		int threads = 8;
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch ready = new CountDownLatch(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<Tile>> results = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				results.add(executor.submit(() -> {
					ready.countDown();
					ready.await();
					return this.cache.get("a", () -> {
						loads.incrementAndGet();
						return new Tile();
					});
				}));
			}
			Tile first = results.get(0).get(30, TimeUnit.SECONDS);
			for (Future<Tile> result : results) {
				assertThat(result.get(30, TimeUnit.SECONDS)).isSameAs(first);
			}
			assertThat(loads).hasValue(1);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void retrieveOfALiveValueIsCompleted() {
		this.cache.put("a", this.tile);
		assertThat(this.cache.retrieve("a")).isNotNull()
			.satisfies((found) -> assertThat(found.join()).isSameAs(this.tile));
		assertThat(this.cache.retrieve("b")).isNull();
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(new Tile())))
			.isCompletedWithValue(this.tile);
	}

	@Test
	void retrieveLoadsOnceForAllCallersBeforeTheLoadEnds() {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> first = this.cache.retrieve("a", () -> load);
		CompletableFuture<Tile> second = this.cache.retrieve("a", WeakValueCacheTests::unexpectedLoad);
		assertThat(first).isNotDone();
		assertThat(second).isNotDone();
		load.complete(this.tile);
		assertThat(first).isCompletedWithValue(this.tile);
		assertThat(second).isCompletedWithValue(this.tile);
		assertThat(this.cache.retrieve("a", WeakValueCacheTests::unexpectedLoad)).isCompletedWithValue(this.tile);
	}

	@Test
	void retrieveLoadsOnceUnderContention() throws Exception {
		int threads = 8;
		int keys = 500;
		AtomicInteger loads = new AtomicInteger();
		CyclicBarrier barrier = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads + 1);
		try {
			List<Future<List<Tile>>> results = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				results.add(executor.submit(() -> {
					List<Tile> tiles = new ArrayList<>();
					for (int key = 0; key < keys; key++) {
						barrier.await(30, TimeUnit.SECONDS);
						tiles.add(this.cache
							.retrieve(key, () -> CompletableFuture.supplyAsync(() -> load(loads), executor))
							.get(30, TimeUnit.SECONDS));
					}
					return tiles;
				}));
			}
			List<Tile> first = results.get(0).get(60, TimeUnit.SECONDS);
			for (Future<List<Tile>> result : results) {
				assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(first);
			}
			assertThat(loads).hasValue(keys);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void retrieveLooksAgainIfALoadHasJustEnded() {
		List<Runnable> afterLookup = new ArrayList<>();
		WeakValueDictionary<Object, Object> dictionary = new WeakValueDictionary<>() {

			@Override
			public @Nullable Object get(Object key) {
				Object value = super.get(key);
				List<Runnable> actions = List.copyOf(afterLookup);
				afterLookup.clear();
				actions.forEach(Runnable::run);
				return value;
			}

		};
		WeakValueCache cache = new WeakValueCache("tiles", dictionary);
		afterLookup.add(() -> assertThat(cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile));
		assertThat(cache.retrieve("a", WeakValueCacheTests::unexpectedLoad)).isCompletedWithValue(this.tile);
		dictionary.clear();
		Tile next = new Tile();
		assertThat(cache.retrieve("a", () -> CompletableFuture.completedFuture(next))).isCompletedWithValue(next);
	}

	@Test
	void retrievePassesNullOnAndDoesNotStoreIt() {
		assertThat(this.cache.<Tile>retrieve("a", () -> CompletableFuture.completedFuture(null)))
			.isCompletedWithValue(null);
		assertThat(this.dictionary).isEmpty();
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
	}

	@Test
	void retrievePassesAFailureOnUnwrappedAndLoadsAgainNextTime() {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> first = this.cache.retrieve("a", () -> load);
		CompletableFuture<Tile> second = this.cache.retrieve("a", () -> load);
		IOException failure = new IOException("disk");
		load.completeExceptionally(failure);
		for (CompletableFuture<Tile> result : List.of(first, second)) {
			assertThat(result.handle((value, error) -> error)).isCompletedWithValue(failure);
		}
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
	}

	@Test
	void retrieveTurnsALoaderThatThrowsIntoAFailedFuture() {
		IllegalArgumentException failure = new IllegalArgumentException("bad key");
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> {
			throw failure;
		});
		assertThat(result.handle((value, error) -> error)).isCompletedWithValue(failure);
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
	}

	@Test
	@SuppressWarnings("NullAway")
	void retrieveFailsIfTheLoaderReturnsNoFutureAndLoadsAgainNextTime() {
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> null);
		assertThat(result.handle((value, error) -> error))
			.isCompletedWithValueMatching(NullPointerException.class::isInstance);
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
	}

	@Test
	void retrieveFailsIfTheDictionaryRefusesTheValue() {
		WeakValueCache strict = new WeakValueCache("strict",
				WeakValueDictionary.builder().referentPolicy(ReferentPolicy.STRICT).build());
		for (int i = 0; i < 2; i++) {
			CompletableFuture<Integer> result = strict.retrieve("a", () -> CompletableFuture.completedFuture(1));
			assertThat(result.handle((value, error) -> error))
				.isCompletedWithValueMatching(NotReferenceableException.class::isInstance);
		}
	}

	@Test
	void cancellingOneFutureCancelsNoOther() {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> first = this.cache.retrieve("a", () -> load);
		CompletableFuture<Tile> second = this.cache.retrieve("a", WeakValueCacheTests::unexpectedLoad);
		first.cancel(true);
		assertThat(load).isNotDone();
		load.complete(this.tile);
		assertThat(second).isCompletedWithValue(this.tile);
		assertThat(this.cache.get("a", Tile.class)).isSameAs(this.tile);
	}

	@Test
	void valueThatIsEvictedDuringItsLoadIsNotStored() {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> load);
		this.cache.evict("a");
		load.complete(this.tile);
		assertThat(result).isCompletedWithValue(this.tile);
		assertThat(this.dictionary).isEmpty();
	}

	@Test
	void loadThatBeginsAfterAnEvictionIsNotEndedByAnEarlierLoad() {
		CompletableFuture<Tile> before = new CompletableFuture<>();
		CompletableFuture<Tile> after = new CompletableFuture<>();
		CompletableFuture<Tile> evicted = this.cache.retrieve("a", () -> before);
		this.cache.evict("a");
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> after);
		before.complete(new Tile());
		assertThat(evicted).isDone();
		assertThat(result).isNotDone();
		assertThat(this.dictionary).isEmpty();
		after.complete(this.tile);
		assertThat(result).isCompletedWithValue(this.tile);
		assertThat(this.dictionary).containsOnly(Map.entry("a", this.tile));
	}

	@Test
	void valueThatLoadsWhileTheCacheIsClearedIsNotStored() {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> load);
		this.cache.clear();
		load.complete(this.tile);
		assertThat(result).isCompletedWithValue(this.tile);
		assertThat(this.dictionary).isEmpty();
	}

	@Test
	void valueThatIsPutDuringALoadStaysAndIsReturnedToTheCallersOfTheLoad() {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> load);
		this.cache.put("a", this.tile);
		load.complete(new Tile());
		assertThat(result).isCompletedWithValue(this.tile);
		assertThat(this.dictionary).containsOnly(Map.entry("a", this.tile));
	}

	private static Tile load(AtomicInteger loads) {
		loads.incrementAndGet();
		return new Tile();
	}

	private static CompletableFuture<Tile> unexpectedLoad() {
		throw new AssertionError("Loaded twice");
	}

	private static final class Tile {

	}

}
