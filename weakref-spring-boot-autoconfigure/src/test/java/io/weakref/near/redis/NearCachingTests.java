package io.weakref.near.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.cache.autoconfigure.RedisCacheManagerBuilderCustomizer;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the near cache through Spring's proxies, with two applications and a real server.
 */
@RequiresRedis
@Tag("slow")
class NearCachingTests {

	private static @Nullable RedisServer server;

	private static @Nullable NearApplication one;

	private static @Nullable NearApplication other;

	private final Customers here = app(one).context().getBean(Customers.class);

	private final Customers there = app(other).context().getBean(Customers.class);

	@BeforeAll
	static void start() {
		server = RedisServer.start();
		one = start(CachedConfiguration.class);
		other = start(CachedConfiguration.class);
	}

	@AfterAll
	static void stop() {
		app(one).close();
		app(other).close();
		server().close();
	}

	/**
	 * Tests that compare instances use keys that no other test uses: an instance of an
	 * earlier test may not have been garbage collected yet.
	 */
	@BeforeEach
	void empty() {
		app(one).cache("customers").clear();
		app(other).cache("customers").clear();
		for (NearApplication application : List.of(app(one), app(other))) {
			Customers customers = application.context().getBean(Customers.class);
			customers.calls().set(0);
		}
	}

	@Test
	void cacheableMethodRunsOnceForBothJvmsAndReturnsOneInstanceWhileItIsInUse() {
		Customer first = this.here.customer("a");
		Customer held = this.here.customer("a");
		assertThat(this.here.customer("a")).isSameAs(held);
		assertThat(first).isSameAs(held);
		assertThat(this.there.customer("a").name()).isEqualTo("a of call 1");
		assertThat(this.here.calls()).hasValue(1);
		assertThat(this.there.calls()).hasValue(0);
	}

	@Test
	void cachePutIsSeenLocallyAtOnceAndRemotelySoon() {
		Customer old = this.there.customer("1");
		this.here.rename("1", "Grace");
		assertThat(this.here.customer("1").name()).isEqualTo("Grace");
		GarbageCollection.await(() -> this.there.customer("1").name().equals("Grace"));
		assertThat(old.name()).isEqualTo("1 of call 1");
	}

	@Test
	void cacheEvictIsSeenLocallyAtOnceAndRemotelySoon() {
		Customer old = this.here.customer("1");
		GarbageCollection.await(() -> this.there.customer("1").name().equals(old.name()));
		this.here.forget("1");
		assertThat(this.here.customer("1").name()).isEqualTo("1 of call 2");
		GarbageCollection.await(() -> this.there.customer("1").name().equals("1 of call 2"));
	}

	@Test
	void evictionOfAllEntriesIsSeenLocallyAtOnceAndRemotelySoon() {
		List<Customer> held = new ArrayList<>(List.of(this.here.customer("1"), this.here.customer("2")));
		held.add(this.there.customer("1"));
		this.here.forgetAll();
		assertThat(this.here.customer("1").name()).isEqualTo("1 of call 3");
		GarbageCollection.await(() -> this.there.customer("1").name().equals("1 of call 3"));
		assertThat(held).hasSize(3);
	}

	@Test
	void synchronizedMethodRunsOnceForAllThreadsAndGivesThemOneInstance() throws Exception {
		List<Customer> results = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			Thread thread = new Thread(() -> {
				Customer customer = this.here.customerOnce("d");
				synchronized (results) {
					results.add(customer);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(results).hasSize(8).allSatisfy((result) -> assertThat(result).isSameAs(results.get(0)));
		assertThat(this.here.calls()).hasValue(1);
	}

	@Test
	void exceptionOfTheMethodReachesTheCallerAndIsNotCached() {
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.here.customerOnce("bad"));
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.here.customer("bad"));
		}
		assertThat(this.here.calls()).hasValue(4);
	}

	@Test
	void nullIsCachedInRedis() {
		assertThat(this.here.find("missing")).isNull();
		assertThat(this.here.find("missing")).isNull();
		assertThat(this.there.find("missing")).isNull();
		assertThat(this.here.calls()).hasValue(1);
		assertThat(this.there.calls()).hasValue(0);
	}

	@Test
	void futuresAreCachedByTheirResults() {
		Customer held = this.here.future("b").join();
		assertThat(this.here.future("b").join()).isSameAs(held);
		assertThat(this.here.futureOnce("b").join()).isSameAs(held);
		assertThat(this.there.futureOnce("b").join().name()).isEqualTo(held.name());
		assertThat(this.here.calls()).hasValue(1);
		assertThat(this.there.calls()).hasValue(0);
		assertThat(this.here.futureOnce("bad")).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.withCauseInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void monosAreCachedByTheirResults() {
		Customer held = Objects.requireNonNull(this.here.mono("c").block());
		assertThat(this.here.mono("c").block()).isSameAs(held);
		assertThat(this.here.monoOnce("c").block()).isSameAs(held);
		assertThat(this.there.monoOnce("c").block()).isNotNull().returns(held.name(), Customer::name);
		assertThat(this.here.calls()).hasValue(1);
		assertThat(this.there.calls()).hasValue(0);
	}

	@Test
	void fluxesAreCachedAsLists() {
		List<Customer> held = Objects.requireNonNull(this.here.flux("1").collectList().block());
		List<Customer> again = Objects.requireNonNull(this.here.flux("1").collectList().block());
		assertThat(again).hasSize(2);
		assertThat(again.get(0).name()).isEqualTo(held.get(0).name());
		assertThat(Objects.requireNonNull(this.there.flux("1").collectList().block())).hasSize(2);
		assertThat(this.here.calls()).hasValue(1);
		assertThat(this.there.calls()).hasValue(0);
	}

	@Test
	void evictionAfterAReactiveRedisCallDoesNotBlockItsEventLoop() {
		Customer old = this.here.customer("1");
		long begin = System.nanoTime();
		assertThat(this.here.forgetReactively("1").block()).contains("lettuce");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
		assertThat(this.here.customer("1").name()).isEqualTo("1 of call 2");
		assertThat(old.name()).isEqualTo("1 of call 1");
	}

	@Test
	void userCodeNeverRunsOnTheEventLoopOfRedis() {
		this.here.threads().clear();
		for (int i = 0; i < 5; i++) {
			String key = "k" + i;
			this.here.futureOnce(key).join();
			this.here.monoOnce(key).block();
			this.here.evictAndRetrieve(app(one).cache("customers"), key);
		}
		assertThat(this.here.threads()).isNotEmpty().noneMatch((name) -> name.contains("lettuce"));
	}

	@Test
	void cacheOfATransactionAwareManagerChangesNothingBeforeTheCommit() {
		try (NearApplication application = start(TransactionConfiguration.class)) {
			Cache decorated = Objects.requireNonNull(application.manager().getCache("customers"));
			assertThat(decorated).isInstanceOf(TransactionAwareCacheDecorator.class);
			NearCache cache = application.trustedCache("customers");
			Customer held = Customer.putAndHold(cache, "1", "Ada");
			TransactionTemplate transaction = new TransactionTemplate(
					application.context().getBean(PlatformTransactionManager.class));
			long first = cache.stats().first();
			transaction.executeWithoutResult((status) -> {
				decorated.put("1", new Customer("Grace"));
				decorated.evict("1");
				decorated.clear();
				assertThat(Customer.get(cache, "1")).isSameAs(held);
				status.setRollbackOnly();
			});
			assertThat(Customer.get(cache, "1")).isSameAs(held);
			assertThat(cache.stats().first()).isEqualTo(first + 2);
			transaction.executeWithoutResult((status) -> {
				decorated.put("1", new Customer("Grace"));
				assertThat(Customer.get(cache, "1")).isSameAs(held);
			});
			assertThat(Customer.get(cache, "1").name()).isEqualTo("Grace");
		}
	}

	@Test
	void errorHandlerReceivesRedisErrorsAndTheMethodIsCalled() {
		try (RedisServer failing = RedisServer.start();
				NearApplication application = NearApplication.start(List.of("spring.data.redis.host=127.0.0.1",
						"spring.data.redis.port=" + failing.port(), "spring.data.redis.timeout=300ms"),
						ErrorHandlerConfiguration.class)) {
			application.trustedCache("customers");
			failing.freeze();
			try {
				Customers customers = application.context().getBean(Customers.class);
				assertThat(customers.customer("1").name()).isEqualTo("1 of call 1");
				customers.rename("1", "Grace");
				customers.forget("1");
				customers.forgetAll();
				assertThat(application.context().getBean(RecordingErrorHandler.class).errors).containsExactly("get",
						"put", "put", "evict", "clear");
			}
			finally {
				failing.thaw();
			}
		}
	}

	private static NearApplication start(Class<?> configuration) {
		NearApplication application = NearApplication.start(
				List.of("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + server().port()),
				configuration);
		application.trustedCache("customers");
		return application;
	}

	private static NearApplication app(@Nullable NearApplication application) {
		return Objects.requireNonNull(application);
	}

	private static RedisServer server() {
		return Objects.requireNonNull(server);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(NearApplication.Defaults.class)
	static class CachedConfiguration {

		@Bean
		Customers customers(ReactiveStringRedisTemplate redis) {
			return new Customers(redis);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(NearApplication.Defaults.class)
	static class TransactionConfiguration {

		@Bean
		RedisCacheManagerBuilderCustomizer transactionAware() {
			return (builder) -> builder.transactionAware();
		}

		@Bean
		PlatformTransactionManager transactionManager() {
			return new TransactionsOfNothing();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(CachedConfiguration.class)
	static class ErrorHandlerConfiguration {

		@Bean
		RecordingErrorHandler recordingErrorHandler() {
			return new RecordingErrorHandler();
		}

		@Bean
		CachingConfigurer cachingConfigurer(RecordingErrorHandler errorHandler) {
			return new CachingConfigurer() {

				@Override
				public CacheErrorHandler errorHandler() {
					return errorHandler;
				}

			};
		}

	}

	static final class RecordingErrorHandler implements CacheErrorHandler {

		private final List<String> errors = new ArrayList<>();

		@Override
		public void handleCacheGetError(RuntimeException exception, Cache cache, Object key) {
			add("get", exception);
		}

		@Override
		public void handleCachePutError(RuntimeException exception, Cache cache, Object key, @Nullable Object value) {
			add("put", exception);
		}

		@Override
		public void handleCacheEvictError(RuntimeException exception, Cache cache, Object key) {
			add("evict", exception);
		}

		@Override
		public void handleCacheClearError(RuntimeException exception, Cache cache) {
			add("clear", exception);
		}

		private void add(String operation, RuntimeException exception) {
			assertThat(exception).isInstanceOf(DataAccessException.class);
			this.errors.add(operation);
		}

	}

	/**
	 * A transaction manager without a resource: its transactions only begin and end.
	 */
	static final class TransactionsOfNothing extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

	@CacheConfig(cacheManager = "weakNearCacheManager", cacheNames = "customers")
	static class Customers {

		private final AtomicInteger calls = new AtomicInteger();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		private final ReactiveStringRedisTemplate redis;

		Customers(ReactiveStringRedisTemplate redis) {
			this.redis = redis;
		}

		@Cacheable
		public Customer customer(String id) {
			return load(id);
		}

		@Cacheable
		public @Nullable Customer find(String id) {
			this.calls.incrementAndGet();
			return null;
		}

		@Cacheable(sync = true)
		public Customer customerOnce(String id) {
			return load(id);
		}

		@CachePut(key = "#id")
		public Customer rename(String id, String name) {
			return new Customer(name);
		}

		@CacheEvict
		public void forget(String id) {
		}

		@CacheEvict(allEntries = true)
		public void forgetAll() {
		}

		@CacheEvict
		public Mono<String> forgetReactively(String id) {
			return this.redis.hasKey("anything").map((there) -> Thread.currentThread().getName());
		}

		@Cacheable
		public CompletableFuture<Customer> future(String id) {
			return CompletableFuture.supplyAsync(() -> load(id));
		}

		@Cacheable(sync = true)
		public CompletableFuture<Customer> futureOnce(String id) {
			this.threads.add(Thread.currentThread().getName());
			return CompletableFuture.supplyAsync(() -> load(id));
		}

		@Cacheable
		public Mono<Customer> mono(String id) {
			return Mono.fromSupplier(() -> load(id));
		}

		@Cacheable(sync = true)
		public Mono<Customer> monoOnce(String id) {
			return Mono.fromSupplier(() -> {
				this.threads.add(Thread.currentThread().getName());
				return load(id);
			});
		}

		@Cacheable(key = "'flux' + #id")
		public Flux<Customer> flux(String id) {
			return Flux.defer(() -> Flux.just(load(id), new Customer(id)));
		}

		/** A method, because a field of the proxy would not be that of the target. */
		AtomicInteger calls() {
			return this.calls;
		}

		List<String> threads() {
			return this.threads;
		}

		void evictAndRetrieve(NearCache cache, String key) {
			cache.evict(key);
			CompletableFuture<?> retrieved = Objects.requireNonNull(cache.retrieve(key));
			retrieved.thenRun(() -> this.threads.add(Thread.currentThread().getName())).join();
		}

		private Customer load(String id) {
			int call = this.calls.incrementAndGet();
			if (id.equals("bad")) {
				throw new IllegalArgumentException(id);
			}
			return new Customer(id + " of call " + call);
		}

	}

}
