package io.weakref.near.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.Cache.ValueWrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the promises of a near cache with two applications and a real server.
 */
@RequiresRedis
@Tag("slow")
class NearCacheTests {

	/** Trust is not lost if a busy machine lets a server answer late. */
	private static final String PATIENT = "weakref.near-cache.max-staleness=20s";

	private static @Nullable RedisServer server;

	private static @Nullable NearApplication one;

	private static @Nullable NearApplication other;

	private NearCache here = cache(one);

	private NearCache there = cache(other);

	@BeforeAll
	static void start() {
		server = RedisServer.start();
		one = NearApplication.trusted(server, PATIENT);
		other = NearApplication.trusted(server, PATIENT);
	}

	@AfterAll
	static void stop() {
		for (AutoCloseable closeable : new AutoCloseable[] { one, other, server }) {
			try {
				if (closeable != null) {
					closeable.close();
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	@BeforeEach
	@AfterEach
	void empty() {
		long here = this.here.stats().flushed();
		long there = this.there.stats().flushed();
		server().with((commands) -> commands.flushall());
		GarbageCollection.await(() -> this.here.stats().flushed() > here && this.there.stats().flushed() > there);
		app(one).awaitTrust();
		app(other).awaitTrust();
	}

	@Test
	void valueInUseIsTheSameInstanceWithoutAskingRedis() {
		Customer.put(this.here, "1", "Ada");
		Customer first = Customer.get(this.here, "1");
		Customer.hold(this.here, "1");
		long asked = commandsProcessed("get");
		assertThat(Customer.get(this.here, "1")).isSameAs(first);
		assertThat(Customer.get(this.here, "1")).isSameAs(first);
		assertThat(commandsProcessed("get")).isEqualTo(asked);
	}

	@Test
	void firstLevelDropsValuesThatAreNotInUse() {
		@Nullable Customer[] user = { Customer.putAndHold(this.here, "1", "Ada") };
		assertThat(this.here.getNativeCache()).hasSize(1);
		user[0] = null;
		GarbageCollection.until(() -> this.here.getNativeCache().liveCount() == 0);
		assertThat(Customer.get(this.here, "1").name()).isEqualTo("Ada");
	}

	@Test
	void firstLevelHoldsUsedValuesIfTheDefaultsSetAHoldTime() {
		try (NearApplication holding = NearApplication.trusted(server(), PATIENT, "weakref.defaults.hold-for=10m")) {
			NearCache cache = holding.trustedCache("customers");
			Customer.put(cache, "1", "Ada");
			Customer.hold(cache, "1");
			GarbageCollection.collect();
			long first = cache.stats().first();
			assertThat(Customer.get(cache, "1").name()).isEqualTo("Ada");
			assertThat(cache.stats().first()).isEqualTo(first + 1);
			assertThat(cache.getNativeCache().heldCount()).isOne();
		}
	}

	@Test
	void changeByAnotherJvmIsSeenAndTheOldInstanceStaysWithItsHolder() {
		Customer.put(this.here, "1", "Ada");
		Customer old = Customer.get(this.here, "1");
		Customer.hold(this.here, "1");
		this.there.put("1", new Customer("Grace"));
		GarbageCollection.await(() -> Customer.get(this.here, "1").name().equals("Grace"));
		assertThat(Customer.get(this.here, "1")).isNotSameAs(old);
		assertThat(old.name()).isEqualTo("Ada");
	}

	@Test
	void changeMadeWithoutTheCacheIsSeen() {
		Customer.put(this.here, "1", "Ada");
		Customer.put(this.here, "2", "Grace");
		Customer old = Customer.get(this.here, "1");
		Customer.hold(this.here, "1");
		server().with((commands) -> commands.rename("customers::2", "customers::1"));
		GarbageCollection.await(() -> Customer.get(this.here, "1").name().equals("Grace"));
		assertThat(old.name()).isEqualTo("Ada");
	}

	@Test
	void evictionAndClearByAnotherJvmAreSeen() {
		Customer.put(this.here, "1", "Ada");
		Customer.put(this.here, "2", "Grace");
		Customer first = Customer.get(this.here, "1");
		Customer second = Customer.get(this.here, "2");
		Customer.hold(this.here, "1");
		Customer.hold(this.here, "2");
		this.there.evict("1");
		GarbageCollection.await(() -> this.here.get("1") == null);
		assertThat(Customer.get(this.here, "2")).isSameAs(second);
		this.there.clear();
		GarbageCollection.await(() -> this.here.get("2") == null);
		assertThat(first.name()).isEqualTo("Ada");
	}

	@Test
	void expiryIsSeenAndTheInstanceInUseIsReused() {
		Customer.put(this.here, "1", "Ada");
		byte[] bytes = dump("customers::1");
		Customer used = Customer.get(this.here, "1");
		Customer.hold(this.here, "1");
		server().with((commands) -> commands.pexpire("customers::1", 50));
		GarbageCollection.await(() -> this.here.get("1") == null);
		assertThat(this.here.getNativeCache()).isEmpty();
		restore("customers::1", bytes);
		assertThat(Customer.get(this.here, "1")).isSameAs(used);
	}

	@Test
	void flushOfAnotherDatabaseDropsTheFirstLevelAndKeepsTheInstance() {
		Customer.put(this.here, "1", "Ada");
		Customer used = Customer.get(this.here, "1");
		Customer.hold(this.here, "1");
		long flushed = this.here.stats().flushed();
		server().with((commands) -> {
			commands.select(5);
			return commands.flushdb();
		});
		GarbageCollection.await(() -> this.here.stats().flushed() > flushed);
		assertThat(Customer.get(this.here, "1")).isSameAs(used);
	}

	@Test
	void flushOfEverythingIsSeen() {
		Customer.put(this.here, "1", "Ada");
		Customer used = Customer.get(this.here, "1");
		Customer.hold(this.here, "1");
		server().with((commands) -> commands.flushall());
		GarbageCollection.await(() -> this.here.get("1") == null);
		assertThat(used.name()).isEqualTo("Ada");
	}

	@Test
	void writesAreVisibleImmediatelyInTheJvmThatWrote() {
		int wrong = 0;
		for (int i = 0; i < 3000; i++) {
			String key = "k" + (i % 7);
			if (i % 3 == 2) {
				this.here.evict(key);
				wrong += (this.here.get(key) != null) ? 1 : 0;
			}
			else {
				this.here.put(key, new Customer("n" + i));
				wrong += Customer.get(this.here, key).name().equals("n" + i) ? 0 : 1;
			}
		}
		assertThat(wrong).isZero();
	}

	@Test
	void clearIsVisibleImmediatelyInTheJvmThatCleared() {
		for (int i = 0; i < 300; i++) {
			this.here.put("1", new Customer("n" + i));
			this.here.clear();
			assertThat(this.here.get("1")).isNull();
		}
	}

	@Test
	void equalContentUnderTwoKeysGivesTwoInstances() {
		Customer.put(this.here, "1", "Ada");
		Customer.put(this.here, "2", "Ada");
		assertThat(Customer.get(this.there, "1")).isNotSameAs(Customer.get(this.there, "2"));
	}

	@Test
	void valueThatWasPutIsTheInstanceThatReadersGet() {
		// A name that no other test uses: an instance of another test may not have been
		// garbage
		// collected yet.
		Customer put = new Customer("Barbara");
		this.here.put("1", put);
		assertThat(Customer.get(this.here, "1")).isSameAs(put);
	}

	@Test
	void putOfEqualContentKeepsTheInstanceThatIsInUse() {
		Customer.put(this.here, "1", "Ada");
		Customer used = Customer.get(this.here, "1");
		Customer.put(this.here, "1", "Ada");
		assertThat(Customer.get(this.here, "1")).isSameAs(used);
	}

	@Test
	void keysOfDifferentTypesWithTheSameRedisKeyAreOneKey() {
		this.here.put(1L, new Customer("Ada"));
		Customer used = Customer.get(this.here, "1");
		assertThat(Customer.get(this.here, 1L)).isSameAs(used);
		this.here.evict("1");
		assertThat(this.here.get(1L)).isNull();
	}

	@Test
	void nullIsStoredInRedisAndNeverInTheFirstLevel() {
		this.here.put("1", null);
		assertThat(this.here.get("1")).isNotNull().extracting(ValueWrapper::get).isNull();
		assertThat(this.there.get("1")).isNotNull().extracting(ValueWrapper::get).isNull();
		assertThat(loadAny(this.there, "1", () -> "loaded")).isNull();
		assertThat(this.here.getNativeCache()).isEmpty();
		assertThat(this.there.getNativeCache()).isEmpty();
	}

	@Test
	void valueThatNeverDiesIsNotInTheFirstLevel() {
		this.here.put("1", true);
		this.here.put("2", Thread.State.NEW);
		assertThat(this.there.get("1")).isNotNull().extracting(ValueWrapper::get).isEqualTo(true);
		assertThat(this.there.get("2")).isNotNull().extracting(ValueWrapper::get).isEqualTo(Thread.State.NEW);
		assertThat(this.there.getNativeCache()).isEmpty();
	}

	@Test
	void putIfAbsentReturnsTheInstanceThatStays() {
		assertThat(this.here.putIfAbsent("1", new Customer("Ada"))).isNull();
		Customer used = Customer.get(this.here, "1");
		ValueWrapper stays = this.here.putIfAbsent("1", new Customer("Grace"));
		assertThat(stays).isNotNull().extracting(ValueWrapper::get).isSameAs(used);
		assertThat(Customer.get(this.there, "1").name()).isEqualTo("Ada");
	}

	@Test
	void evictIfPresentAndInvalidateReturnWhetherAnythingWasPresent() {
		Customer.put(this.here, "1", "Ada");
		assertThat(this.there.evictIfPresent("1")).isTrue();
		assertThat(this.there.evictIfPresent("1")).isFalse();
		Customer.put(this.here, "1", "Ada");
		assertThat(this.there.invalidate()).isTrue();
		assertThat(this.there.invalidate()).isFalse();
	}

	@Test
	void loaderRunsOnceForAllThreadsOfThisJvm() throws Exception {
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		List<CompletableFuture<Customer>> loaded = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			loaded.add(inThread(() -> load(this.here, "1", () -> {
				loads.incrementAndGet();
				loading.countDown();
				goOn.await();
				return new Customer("Ada");
			})));
		}
		loading.await();
		goOn.countDown();
		Customer result = loaded.get(0).join();
		assertThat(loaded).allSatisfy((future) -> assertThat(future.join()).isSameAs(result));
		assertThat(loads).hasValue(1);
		assertThat(Customer.get(this.there, "1").name()).isEqualTo("Ada");
	}

	@Test
	void loadWhoseKeyIsEvictedDuringTheLoadReturnsItsValueAndStoresItNowhere() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<Customer> load = inThread(() -> load(this.here, "1", () -> {
			loading.countDown();
			goOn.await();
			return new Customer("old");
		}));
		loading.await();
		long refused = this.here.stats().refused();
		this.here.evict("1");
		Customer fresh = load(this.here, "1", () -> new Customer("new"));
		assertThat(fresh.name()).isEqualTo("new");
		goOn.countDown();
		assertThat(load.join().name()).isEqualTo("old");
		assertThat(this.here.stats().refused()).isEqualTo(refused + 1);
		assertThat(Customer.get(this.here, "1")).isSameAs(fresh);
		assertThat(Customer.get(this.there, "1").name()).isEqualTo("new");
	}

	@Test
	void loadWhoseKeyIsChangedByAnotherJvmDuringTheLoadIsStoredNowhere() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<Customer> load = inThread(() -> load(this.here, "1", () -> {
			loading.countDown();
			goOn.await();
			return new Customer("old");
		}));
		loading.await();
		long pushed = this.here.stats().pushed();
		this.there.put("1", new Customer("new"));
		GarbageCollection.await(() -> this.here.stats().pushed() > pushed);
		goOn.countDown();
		assertThat(load.join().name()).isEqualTo("old");
		assertThat(Customer.get(this.here, "1").name()).isEqualTo("new");
		assertThat(Customer.get(this.there, "1").name()).isEqualTo("new");
	}

	@Test
	void exceptionOfALoaderReachesAllWaitersAndNothingIsStored() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<Customer> load = inThread(() -> load(this.here, "1", () -> {
			loading.countDown();
			goOn.await();
			throw new IOException("no database");
		}));
		loading.await();
		CompletableFuture<Customer> joined = inThread(() -> load(this.here, "1", () -> new Customer("other")));
		GarbageCollection.await(NearCacheTests::somebodyJoined);
		goOn.countDown();
		for (CompletableFuture<Customer> failed : List.of(load, joined)) {
			assertThat(failed).failsWithin(Duration.ofSeconds(10))
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(ValueRetrievalException.class)
				.havingCause()
				.withMessage("no database");
		}
		assertThat(this.here.get("1")).isNull();
	}

	@Test
	void loaderThatAsksForItsOwnKeyFailsAndDoesNotHang() {
		assertThatExceptionOfType(ValueRetrievalException.class)
			.isThrownBy(() -> load(this.here, "1", () -> load(this.here, "1", () -> new Customer("Ada"))))
			.withCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void loadedNullIsStoredInRedis() {
		AtomicInteger loads = new AtomicInteger();
		assertThat(loadAny(this.here, "1", () -> {
			loads.incrementAndGet();
			return null;
		})).isNull();
		assertThat(loadAny(this.there, "1", () -> {
			loads.incrementAndGet();
			return null;
		})).isNull();
		assertThat(loads).hasValue(1);
	}

	@Test
	void retrieveFindsBothLevels() {
		assertThat(Objects.requireNonNull(this.here.retrieve("1")).join()).isNull();
		this.there.put("1", new Customer("Ada"));
		ValueWrapper found = (ValueWrapper) Objects.requireNonNull(this.here.retrieve("1")).join();
		Object value = Objects.requireNonNull(found).get();
		Customer.hold(this.here, "1");
		ValueWrapper again = (ValueWrapper) Objects.requireNonNull(this.here.retrieve("1")).getNow(null);
		assertThat(Objects.requireNonNull(again).get()).isSameAs(value);
	}

	@Test
	void retrieveLoadsOnceAndCancellingOneFutureCancelsNoOther() {
		CompletableFuture<Customer> source = new CompletableFuture<>();
		AtomicInteger loads = new AtomicInteger();
		CompletableFuture<Customer> first = this.here.retrieve("1", () -> {
			loads.incrementAndGet();
			return source;
		});
		CompletableFuture<Customer> second = this.here.retrieve("1", () -> {
			loads.incrementAndGet();
			return source;
		});
		GarbageCollection.await(() -> loads.get() == 1);
		first.cancel(true);
		source.complete(new Customer("Ada"));
		assertThat(second.join().name()).isEqualTo("Ada");
		assertThat(loads).hasValue(1);
		assertThat(Customer.get(this.here, "1")).isSameAs(second.join());
		assertThat(Customer.get(this.there, "1").name()).isEqualTo("Ada");
	}

	@Test
	void retrieveWhoseKeyIsEvictedDuringTheLoadStoresNothing() {
		CompletableFuture<Customer> source = new CompletableFuture<>();
		AtomicInteger loads = new AtomicInteger();
		CompletableFuture<Customer> old = this.here.retrieve("1", () -> {
			loads.incrementAndGet();
			return source;
		});
		GarbageCollection.await(() -> loads.get() == 1);
		this.here.evict("1");
		CompletableFuture<Customer> fresh = this.here.retrieve("1",
				() -> CompletableFuture.completedFuture(new Customer("new")));
		assertThat(fresh.join().name()).isEqualTo("new");
		source.complete(new Customer("old"));
		assertThat(old.join().name()).isEqualTo("old");
		assertThat(Customer.get(this.here, "1").name()).isEqualTo("new");
		assertThat(Customer.get(this.there, "1").name()).isEqualTo("new");
	}

	@Test
	void writeOnAnEventLoopDoesNotWaitAndLaterReadsSeeIt() {
		Customer.put(this.here, "1", "Ada");
		Customer.hold(this.here, "1");
		FastThreadLocalThread[] loop = new FastThreadLocalThread[1];
		CompletableFuture<Boolean> evicted = new CompletableFuture<>();
		server().freeze();
		try {
			loop[0] = new FastThreadLocalThread(() -> evicted.complete(this.here.evictIfPresent("1")));
			loop[0].start();
			assertThat(evicted).succeedsWithin(Duration.ofSeconds(1)).isEqualTo(false);
		}
		finally {
			server().thaw();
		}
		assertThat(this.here.get("1")).isNull();
	}

	@Test
	void putIfAbsentOnAnEventLoopFailsImmediately() {
		CompletableFuture<@Nullable Object> put = new CompletableFuture<>();
		new FastThreadLocalThread(() -> {
			try {
				put.complete(this.here.putIfAbsent("1", new Customer("Ada")));
			}
			catch (Throwable ex) {
				put.completeExceptionally(ex);
			}
		}).start();
		assertThat(put).failsWithin(Duration.ofSeconds(1))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessageContaining("call it on another");
	}

	@Test
	void statisticsCountWhereValuesWereFoundAndWhyTheyWereDropped() {
		assertThat(this.here.get("1")).isNull();
		Customer.put(this.here, "1", "Ada");
		Customer.hold(this.here, "1");
		long first = this.here.stats().first();
		long second = this.here.stats().second();
		long own = this.here.stats().own();
		Customer used = Customer.get(this.here, "1");
		assertThat(this.here.stats().first()).isEqualTo(first + 1);
		assertThat(this.here.stats().second()).isEqualTo(second);
		long pushed = this.here.stats().pushed();
		this.there.evict("1");
		GarbageCollection.await(() -> this.here.stats().pushed() > pushed);
		assertThat(used).isNotNull();
		this.here.evict("1");
		assertThat(this.here.stats().own()).isGreaterThan(own);
		assertThat(this.here.stats().loads()).isPositive();
	}

	@Test
	void toStringShowsNoKey() {
		Customer.put(this.here, "secret", "Ada");
		Customer.hold(this.here, "secret");
		assertThat(this.here.getNativeCache().toString()).doesNotContain("secret");
		assertThat(this.here).hasToString("NearCache 'customers'");
	}

	private static boolean somebodyJoined() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.anyMatch((frames) -> Arrays.stream(frames)
				.anyMatch((frame) -> frame.getClassName().endsWith("near.Flight")
						&& frame.getMethodName().equals("await")));
	}

	private long commandsProcessed(String command) {
		String line = server().with((commands) -> commands.info("commandstats"));
		return line.lines()
			.filter((candidate) -> candidate.startsWith("cmdstat_" + command + ":calls="))
			.mapToLong((candidate) -> Long.parseLong(candidate.replaceAll(".*calls=(\\d+),.*", "$1")))
			.sum();
	}

	private byte[] dump(String key) {
		return server().with((commands) -> commands.dump(key));
	}

	private void restore(String key, byte[] bytes) {
		server().with((commands) -> commands.restore(key, 0, bytes));
	}

	private static Customer load(NearCache cache, Object key, Callable<Customer> loader) {
		return Objects.requireNonNull(cache.get(key, loader));
	}

	private static @Nullable Object loadAny(NearCache cache, Object key, Callable<@Nullable Object> loader) {
		return cache.get(key, loader);
	}

	private static <T extends @Nullable Object> CompletableFuture<T> inThread(Supplier<T> action) {
		CompletableFuture<T> result = new CompletableFuture<>();
		new Thread(() -> {
			try {
				result.complete(action.get());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		}).start();
		return result;
	}

	private static NearCache cache(@Nullable NearApplication application) {
		return app(application).trustedCache("customers");
	}

	private static NearApplication app(@Nullable NearApplication application) {
		return Objects.requireNonNull(application);
	}

	private static RedisServer server() {
		return Objects.requireNonNull(server);
	}

}
