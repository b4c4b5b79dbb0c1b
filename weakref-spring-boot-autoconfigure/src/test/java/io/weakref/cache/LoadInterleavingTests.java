package io.weakref.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

import io.weakref.GarbageCollection;
import io.weakref.collection.WeakStats;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.cache.Cache.ValueRetrievalException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the orders in which loads of a {@link WeakValueCache} and the operations that
 * end them can interleave: {@link PendingLoads}.
 */
class LoadInterleavingTests {

	private final HookedDictionary dictionary = new HookedDictionary();

	private final WeakValueCache cache = new WeakValueCache("tiles", this.dictionary);

	private final Tile tile = new Tile();

	private final Tile other = new Tile();

	@Test
	void asynchronousLoadEndsWhileABlockingLoadOfTheSameKeyRuns() throws Exception {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> load);
		Tile got = onThread(() -> this.cache.get("a", () -> {
			onThread(() -> load.complete(this.tile));
			assertThat(result).isCompletedWithValue(this.tile);
			return this.other;
		}));
		assertThat(got).as("the first value stays, for the caller of the second load too").isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void asynchronousLoadMayEndInTheBlockingLoadOfTheSameKey() throws Exception {
		Tile got = onThread(() -> this.cache.get("a",
				() -> this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)).join()));
		assertThat(got).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void blockingLoadMayWaitForAnAsynchronousOneOfItsOwnKey() throws Exception {
		Tile got = onThread(
				() -> this.cache.get("a",
						() -> this.cache
							.retrieve("a",
									() -> CompletableFuture.supplyAsync(() -> this.tile,
											(task) -> new Thread(task).start()))
							.join()));
		assertThat(got).isSameAs(this.tile);
	}

	@Test
	void asynchronousLoadMayWaitForABlockingOneOfItsOwnKey() throws Exception {
		Tile got = onThread(() -> this.cache
			.retrieve("a",
					() -> CompletableFuture.supplyAsync(() -> this.cache.get("a", () -> this.tile),
							(task) -> new Thread(task).start()))
			.get(10, TimeUnit.SECONDS));
		assertThat(got).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void valueThatWaitsForABlockingLoadIsFoundInTheCache() throws Exception {
		onThread(() -> this.cache.get("a", () -> {
			this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile));
			assertThat(this.cache.get("a", Tile.class)).isSameAs(this.tile);
			assertThat(this.cache.retrieve("a")).isNotNull()
				.satisfies((found) -> assertThat(found.join()).isSameAs(this.tile));
			assertThat(this.cache.retrieve("a", LoadInterleavingTests::unexpectedLoad)).isCompletedWithValue(this.tile);
			return this.other;
		}));
	}

	@Test
	void valueThatWaitsForABlockingLoadCanBeEvicted() throws Exception {
		Tile got = onThread(() -> this.cache.get("a", () -> {
			CompletableFuture<Tile> load = new CompletableFuture<>();
			this.cache.retrieve("a", () -> load);
			load.complete(this.tile);
			assertThat(this.cache.evictIfPresent("a")).isTrue();
			assertThat(this.cache.evictIfPresent("a")).isFalse();
			assertThat(this.cache.get("a")).isNull();
			return this.other;
		}));
		assertThat(got).isSameAs(this.other);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void valueLoadedAfterAnEvictionIsStoredEvenIfAnEvictedLoadStillRuns() throws Exception {
		Tile got = onThread(() -> this.cache.get("a", () -> {
			this.cache.evict("a");
			assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
				.isCompletedWithValue(this.tile);
			return this.other;
		}));
		assertThat(got).as("the value that was loaded before the eviction").isSameAs(this.other);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void waitingValueIsStoredEvenIfTheBlockingLoadFails() throws Exception {
		onThread(() -> {
			assertThatExceptionOfType(ValueRetrievalException.class).isThrownBy(() -> this.cache.get("a", () -> {
				this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile));
				throw new IllegalArgumentException("bad key");
			}));
			return null;
		});
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
		assertThat(this.cache.retrieve("a", LoadInterleavingTests::unexpectedLoad)).isCompletedWithValue(this.tile);
	}

	@Test
	void waitingValueIsStoredEvenIfTheBlockingLoadReturnsNull() throws Exception {
		Tile got = onThread(() -> this.cache.get("a", () -> {
			this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile));
			return null;
		}));
		assertThat(got).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void waitingValueThatCannotBeStoredAffectsNoCaller() throws Exception {
		WeakValueCache strict = new WeakValueCache("strict",
				WeakValueDictionary.builder().referentPolicy(ReferentPolicy.STRICT).build());
		onThread(() -> {
			assertThatExceptionOfType(ValueRetrievalException.class).isThrownBy(() -> strict.get("a", () -> {
				assertThat(strict.retrieve("a", () -> CompletableFuture.completedFuture(1))).isCompletedWithValue(1);
				throw new Mishap();
			}));
			return null;
		});
		assertThat(strict.get("a")).isNull();
		CompletableFuture<Integer> result = strict.retrieve("a", () -> CompletableFuture.completedFuture(1));
		assertThat(result.handle((value, error) -> error))
			.isCompletedWithValueMatching(NotReferenceableException.class::isInstance);
		assertThat(strict.<Tile>get("a", () -> this.tile)).isSameAs(this.tile);
	}

	@Test
	void keysOfOneBinDoNotWaitForEachOther() throws Exception {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		this.cache.retrieve(0, () -> load);
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<Tile> blocking = start(() -> this.cache.get(0, () -> {
			end.await();
			return this.other;
		}));
		GarbageCollection.await(() -> this.dictionary.computing.get() == 1);
		CompletableFuture<Boolean> completing = start(() -> load.complete(this.tile));
		for (int key = 1; key <= 256; key++) {
			int next = key;
			CompletableFuture<Tile> found = onThread(
					() -> this.cache.retrieve(next, () -> CompletableFuture.completedFuture(this.tile)));
			assertThat(found).isCompletedWithValue(this.tile);
			onThread(() -> this.cache.evictIfPresent(next));
		}
		assertThat(completing.get(10, TimeUnit.SECONDS)).isTrue();
		end.countDown();
		assertThat(blocking.get(10, TimeUnit.SECONDS)).isSameAs(this.tile);
	}

	@Test
	void blockingLoadMayClearTheCacheWhileAnAsynchronousOneEnds() throws Exception {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> load);
		Tile got = onThread(() -> this.cache.get("a", () -> {
			onThread(() -> load.complete(this.tile));
			this.cache.clear();
			return this.other;
		}));
		assertThat(result).isCompletedWithValue(this.tile);
		assertThat(got).isSameAs(this.other);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void blockingLoadMayInvalidateTheCache() throws Exception {
		this.cache.put("b", this.other);
		assertThat(onThread(() -> this.cache.get("a", () -> {
			assertThat(this.cache.invalidate()).isTrue();
			return this.tile;
		}))).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isNull();
		assertThat(this.dictionary.get("b")).isNull();
	}

	@Test
	void blockingLoadMayUseOtherKeysOfTheCache() throws Exception {
		this.cache.put("b", this.other);
		assertThat(onThread(() -> this.cache.get("a", () -> {
			assertThat(this.cache.evictIfPresent("b")).isTrue();
			assertThat(this.cache.<Tile>get("c", () -> this.other)).isSameAs(this.other);
			assertThat(this.cache.retrieve("d", () -> CompletableFuture.completedFuture(this.other)).join())
				.isSameAs(this.other);
			this.cache.put("e", this.other);
			return this.tile;
		}))).isSameAs(this.tile);
		assertThat(this.dictionary.keySet()).containsExactlyInAnyOrder("a", "c", "d", "e");
	}

	@Test
	void blockingLoadOfItsOwnKeyIsRefused() throws Exception {
		assertThat(onThread(() -> this.cache.get("a", () -> {
			assertThatIllegalStateException().isThrownBy(() -> this.cache.get("a", Tile::new));
			return this.tile;
		}))).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void valueLoadedBeforeAClearIsNotFoundAfterIt() throws Exception {
		assertThat(onThread(() -> this.cache.get("a", () -> {
			onThread(() -> {
				this.cache.clear();
				return null;
			});
			return this.tile;
		}))).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void evictionDoesNotWaitForTheLoaderOfItsKey() throws Exception {
		assertThat(onThread(() -> this.cache.get("a", () -> {
			assertThat(onThread(() -> this.cache.evictIfPresent("a"))).isFalse();
			return this.tile;
		}))).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void blockingLoadMayEvictItsOwnKey() throws Exception {
		assertThat(onThread(() -> this.cache.get("a", () -> {
			this.cache.put("a", null);
			return this.tile;
		}))).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void callerThatWaitsForAnEvictedLoadLoadsAgain() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<Tile> first = start(() -> this.cache.get("a", () -> {
			end.await();
			return this.other;
		}));
		GarbageCollection.await(() -> this.dictionary.computing.get() == 1);
		CompletableFuture<Thread> waiter = new CompletableFuture<>();
		CompletableFuture<Tile> second = start(() -> {
			waiter.complete(Thread.currentThread());
			return this.cache.get("a", () -> this.tile);
		});
		awaitWaiting(waiter.join());
		onThread(() -> this.cache.evictIfPresent("a"));
		end.countDown();
		assertThat(first.get(10, TimeUnit.SECONDS)).isSameAs(this.other);
		assertThat(second.get(10, TimeUnit.SECONDS)).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void evictionBeforeALoadedValueIsStoredPreventsTheStore() {
		this.dictionary.beforeCompute.add(() -> assertThat(this.cache.evictIfPresent("a")).isTrue());
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
		assertThat(this.dictionary.get("a")).isNull();
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.other)))
			.isCompletedWithValue(this.other);
	}

	@Test
	void evictionWhileALoadedValueIsBeingStoredRemovesIt() throws Exception {
		CompletableFuture<Boolean> eviction = whileStoring(() -> this.cache.evictIfPresent("a"));
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
		assertThat(eviction.get(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void evictionWhileABlockingLoadIsBeingStoredRemovesItsValue() throws Exception {
		CompletableFuture<Boolean> eviction = whileStoring(() -> this.cache.evictIfPresent("a"));
		assertThat(this.cache.<Tile>get("a", () -> this.tile)).isSameAs(this.tile);
		assertThat(eviction.get(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void clearWhileALoadedValueIsBeingStoredRemovesIt() throws Exception {
		CompletableFuture<Boolean> clear = whileStoring(this.cache::invalidate);
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
		clear.get(10, TimeUnit.SECONDS);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void clearWhileABlockingLoadIsBeingStoredRemovesItsValue() throws Exception {
		CompletableFuture<Boolean> clear = whileStoring(this.cache::invalidate);
		assertThat(this.cache.<Tile>get("a", () -> this.tile)).isSameAs(this.tile);
		clear.get(10, TimeUnit.SECONDS);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void loadThatIsForgottenBeforeItIsStoredDoesNotWaitForTheNextLoader() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<CompletableFuture<Tile>> next = new CompletableFuture<>();
		this.dictionary.beforeCompute.add(() -> {
			this.cache.evict("a");
			next.complete(start(() -> this.cache.get("a", () -> {
				end.await();
				return this.other;
			})));
			GarbageCollection.await(() -> this.dictionary.computing.get() > 0);
		});
		CompletableFuture<Tile> result = onThread(
				() -> this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)));
		assertThat(result).isCompletedWithValue(this.tile);
		end.countDown();
		assertThat(next.join().get(10, TimeUnit.SECONDS)).isSameAs(this.other);
		assertThat(this.dictionary.get("a")).isSameAs(this.other);
	}

	@Test
	void retrieveJoinsALoadWhoseValueIsBeingStored() throws Exception {
		CompletableFuture<CompletableFuture<Tile>> joining = whileStoring(
				() -> this.cache.retrieve("a", LoadInterleavingTests::unexpectedLoad));
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
		assertThat(joining.get(10, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS)).isSameAs(this.tile);
	}

	@Test
	void blockingLoadThatHasJustReservedItsKeyTakesTheWaitingValue() throws Exception {
		CompletableFuture<Tile> load = new CompletableFuture<>();
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> load);
		this.dictionary.beforeFunction.add(() -> {
			CompletableFuture<Thread> completer = new CompletableFuture<>();
			start(() -> {
				completer.complete(Thread.currentThread());
				return load.complete(this.tile);
			});
			awaitWaiting(completer.join());
		});
		Tile got = onThread(() -> this.cache.get("a", () -> {
			throw new AssertionError("Loaded although there was a value");
		}));
		assertThat(got).isSameAs(this.tile);
		assertThat(result.get(10, TimeUnit.SECONDS)).isSameAs(this.tile);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void waitingValueIsFoundByALookupDuringWhichItIsStored() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<Tile> blocking = start(() -> this.cache.get("a", () -> {
			end.await();
			return this.other;
		}));
		GarbageCollection.await(() -> this.dictionary.computing.get() == 1);
		onThread(() -> this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)));
		this.dictionary.afterGet.add(() -> {
			end.countDown();
			assertThat(blocking).succeedsWithin(10, TimeUnit.SECONDS);
		});
		assertThat(this.cache.get("a", Tile.class)).isSameAs(this.tile);
	}

	@Test
	void futureFailsIfTheDictionaryThrowsInTheFirstLookup() {
		CompletableFuture<Tile> result = this.cache.retrieve(new BadKey(), LoadInterleavingTests::unexpectedLoad);
		assertThat(result.handle((value, error) -> error)).isCompletedWithValueMatching(Mishap.class::isInstance);
		assertThat(this.cache.retrieve(new BadKey())).isNotNull()
			.satisfies((failed) -> assertThat(failed).isCompletedExceptionally());
	}

	@Test
	void futureFailsIfTheDictionaryThrowsInTheSecondLookupAndTheKeyCanBeLoadedAgain() throws Exception {
		this.dictionary.afterGet.add(() -> {
			assertThat(this.cache.retrieve("b", () -> CompletableFuture.completedFuture(this.other))).isDone();
			this.dictionary.afterGet.add(() -> {
				throw new Mishap();
			});
		});
		CompletableFuture<Tile> result = onThread(
				() -> this.cache.retrieve("a", LoadInterleavingTests::unexpectedLoad));
		assertThat(result.handle((value, error) -> error)).isCompletedWithValueMatching(Mishap.class::isInstance);
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
	}

	@Test
	void loaderThatRetrievesItsOwnKeyIsRefused() {
		CompletableFuture<Tile> result = this.cache.retrieve("a",
				() -> this.cache.retrieve("a", LoadInterleavingTests::unexpectedLoad));
		assertThat(result.handle((value, error) -> error))
			.isCompletedWithValueMatching(IllegalStateException.class::isInstance);
		assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
			.isCompletedWithValue(this.tile);
	}

	@Test
	void valueOfALoaderThatClearsTheCacheIsNotStored() {
		CompletableFuture<Tile> result = this.cache.retrieve("a", () -> {
			this.cache.clear();
			return CompletableFuture.completedFuture(this.tile);
		});
		assertThat(result).isCompletedWithValue(this.tile);
		assertThat(this.dictionary.get("a")).isNull();
	}

	@Test
	void clearReleasesTheKeysOfLoadsThatStillRun() throws Exception {
		Tile got = onThread(() -> this.cache.get("a", () -> {
			this.cache.clear();
			assertThat(onThread(() -> this.cache.<Tile>get("a", () -> this.tile))).isSameAs(this.tile);
			assertThat(this.dictionary.get("a")).isSameAs(this.tile);
			return this.other;
		}));
		assertThat(got).isSameAs(this.other);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void valueLoadedAfterAClearIsStoredImmediatelyEvenIfAClearedLoadStillRuns() throws Exception {
		Tile got = onThread(() -> this.cache.get("a", () -> {
			this.cache.clear();
			assertThat(this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)))
				.isCompletedWithValue(this.tile);
			assertThat(this.dictionary.get("a")).isSameAs(this.tile);
			return this.other;
		}));
		assertThat(got).isSameAs(this.other);
		assertThat(this.dictionary.get("a")).isSameAs(this.tile);
	}

	@Test
	void deadlockOfBlockingLoadsIsReported() throws Exception {
		CyclicBarrier bothLoad = new CyclicBarrier(2);
		CompletableFuture<Tile> first = start(() -> this.cache.get("a", () -> {
			bothLoad.await();
			return this.cache.get("b", () -> this.other);
		}));
		CompletableFuture<Tile> second = start(() -> this.cache.get("b", () -> {
			bothLoad.await();
			return this.cache.get("a", () -> this.tile);
		}));
		List<Throwable> failures = new ArrayList<>();
		for (CompletableFuture<Tile> result : List.of(first, second)) {
			try {
				result.get(10, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				failures.add(ex);
			}
		}
		assertThat(failures).hasSize(1)
			.allSatisfy((failure) -> assertThat(failure).hasRootCauseInstanceOf(IllegalStateException.class));
		this.cache.clear();
		assertThat(this.cache.<Tile>get("a", () -> this.tile)).isSameAs(this.tile);
		assertThat(this.cache.<Tile>get("b", () -> this.other)).isSameAs(this.other);
	}

	@Test
	void keyWhoseEqualsBlocksDelaysNoOtherKey() throws Exception {
		CountDownLatch comparing = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		SlowKey slow = new SlowKey(comparing, end);
		this.cache.retrieve(slow, CompletableFuture::new);
		CompletableFuture<CompletableFuture<Tile>> same = start(
				() -> this.cache.retrieve(new SlowKey(comparing, end), LoadInterleavingTests::unexpectedLoad));
		comparing.await();
		// "a" has the hash of the slow key
		CompletableFuture<Tile> found = onThread(
				() -> this.cache.retrieve("a", () -> CompletableFuture.completedFuture(this.tile)));
		assertThat(found).isCompletedWithValue(this.tile);
		end.countDown();
		assertThat(same.get(10, TimeUnit.SECONDS)).isNotDone();
	}

	@Test
	void lookupsLoadsAndPutsAreCountedOnce() {
		WeakValueDictionary<Object, Object> counting = WeakValueDictionary.builder().recordStats(true).build();
		WeakValueCache cache = new WeakValueCache("tiles", counting);
		cache.get("a");
		cache.get("a", () -> this.tile);
		cache.get("a", Tile::new);
		assertThat(counting.stats()).extracting(WeakStats::hits, WeakStats::misses, WeakStats::loads, WeakStats::puts)
			.containsExactly(1L, 2L, 1L, 1L);
		cache.retrieve("b", () -> CompletableFuture.completedFuture(this.other)).join();
		cache.retrieve("b", LoadInterleavingTests::unexpectedLoad).join();
		assertThat(counting.stats()).extracting(WeakStats::hits, WeakStats::misses, WeakStats::loads, WeakStats::puts)
			.containsExactly(2L, 3L, 1L, 2L);
		assertThatExceptionOfType(ValueRetrievalException.class).isThrownBy(() -> cache.get("c", () -> {
			throw new IOException("disk");
		}));
		assertThat(counting.stats())
			.extracting(WeakStats::hits, WeakStats::misses, WeakStats::loads, WeakStats::loadFailures)
			.containsExactly(2L, 4L, 2L, 1L);
	}

	private static CompletableFuture<Tile> unexpectedLoad() {
		throw new AssertionError("Loaded twice");
	}

	/**
	 * Start a task when the next value has been computed but is not in the dictionary
	 * yet, and let the dictionary continue when the task waits or has ended.
	 */
	private <T> CompletableFuture<T> whileStoring(Callable<T> task) {
		CompletableFuture<T> result = new CompletableFuture<>();
		this.dictionary.afterFunction.add(() -> {
			CompletableFuture<Thread> thread = new CompletableFuture<>();
			start(() -> {
				thread.complete(Thread.currentThread());
				try {
					return result.complete(task.call());
				}
				catch (Throwable ex) {
					return result.completeExceptionally(ex);
				}
			});
			awaitWaiting(thread.join());
		});
		return result;
	}

	/** Wait until a thread waits, or has ended. */
	private static void awaitWaiting(Thread thread) {
		GarbageCollection.await(() -> switch (thread.getState()) {
			case WAITING, TIMED_WAITING, TERMINATED -> true;
			default -> false;
		});
	}

	private static <T> T onThread(Callable<T> task) throws ExecutionException, InterruptedException, TimeoutException {
		return start(task).get(10, TimeUnit.SECONDS);
	}

	/**
	 * Run a task on a new daemon thread, which does not keep the JVM alive if it hangs.
	 */
	private static <T> CompletableFuture<T> start(Callable<T> task) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(task.call());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		}, "load");
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	private static final class Tile {

	}

	private static final class Mishap extends IllegalArgumentException {

	}

	private static final class BadKey {

		@Override
		public boolean equals(@Nullable Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			throw new Mishap();
		}

	}

	/** Has the hash of "a". Comparing it with another slow key takes long. */
	private static final class SlowKey {

		private final CountDownLatch comparing;

		private final CountDownLatch end;

		SlowKey(CountDownLatch comparing, CountDownLatch end) {
			this.comparing = comparing;
			this.end = end;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			if (!(other instanceof SlowKey)) {
				return false;
			}
			this.comparing.countDown();
			try {
				this.end.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return true;
		}

		@Override
		public int hashCode() {
			return "a".hashCode();
		}

	}

	/** Runs the hooks of a test at certain moments, once each. */
	private static final class HookedDictionary extends WeakValueDictionary<Object, Object> {

		private final List<Runnable> afterGet = new ArrayList<>();

		private final List<Runnable> beforeCompute = new ArrayList<>();

		private final List<Runnable> beforeFunction = new ArrayList<>();

		private final List<Runnable> afterFunction = new ArrayList<>();

		private final AtomicInteger computing = new AtomicInteger();

		@Override
		public @Nullable Object get(Object key) {
			Object value = super.get(key);
			run(this.afterGet);
			return value;
		}

		@Override
		public Object computeIfAbsent(Object key, Function<? super Object, ?> function) {
			return super.computeIfAbsent(key, (absent) -> {
				this.computing.incrementAndGet();
				run(this.beforeFunction);
				Object value = function.apply(absent);
				run(this.afterFunction);
				return value;
			});
		}

		@Override
		public @Nullable Object compute(Object key, BiFunction<? super Object, ? super @Nullable Object, ?> function) {
			run(this.beforeCompute);
			return super.compute(key, (same, present) -> {
				Object value = function.apply(same, present);
				run(this.afterFunction);
				return value;
			});
		}

		private static void run(List<Runnable> hooks) {
			List<Runnable> now = List.copyOf(hooks);
			hooks.clear();
			now.forEach(Runnable::run);
		}

	}

}
