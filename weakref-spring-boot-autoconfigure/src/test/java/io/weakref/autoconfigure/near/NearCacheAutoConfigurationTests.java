package io.weakref.autoconfigure.near;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import io.lettuce.core.ReadFrom;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.context.WeakCacheBuilderCustomizer;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.near.NearCache;
import io.weakref.near.NearCacheManager;
import io.weakref.near.NearInvalidation;
import io.weakref.near.redis.NearCacheUnsupportedException;
import io.weakref.near.redis.RedisNearInvalidation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link NearCacheAutoConfiguration} and the other auto-configurations of the
 * near cache. They need no server, because the near cache does not wait for one.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class NearCacheAutoConfigurationTests {

	private final ApplicationContextRunner plainRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, CacheAutoConfiguration.class,
				WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class,
				NearCacheLibrariesAutoConfiguration.class, NearCacheMetricsAutoConfiguration.class,
				NearCacheHealthContributorAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class)
		.withPropertyValues("spring.data.redis.port=1");

	private final ApplicationContextRunner runner = this.plainRunner
		.withPropertyValues("weakref.near-cache.enabled=true");

	@Test
	void nearCacheIsOptIn() {
		this.plainRunner.run((context) -> assertThat(context).doesNotHaveBean(NearCacheManager.class)
			.doesNotHaveBean(NearInvalidation.class)
			.doesNotHaveBean("weakNearExecutor")
			.doesNotHaveBean("weakNearCacheMeterBinder")
			.doesNotHaveBean("weakrefNearHealthIndicator"));
	}

	@Test
	void nothingIsAddedIfWeakrefIsDisabled() {
		this.runner.withPropertyValues("weakref.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(NearCacheManager.class));
	}

	@ParameterizedTest
	@CsvSource({ "io.lettuce, Lettuce (io.lettuce:lettuce-core)",
			"org.springframework.data.redis, Spring Data Redis (org.springframework.data:spring-data-redis)" })
	void missingLibraryIsNamedIfTheNearCacheIsEnabled(String missing, String library) {
		withoutRedis(missing).withPropertyValues("weakref.near-cache.enabled=true")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOfSatisfying(NearCacheUnsupportedException.class, (failure) -> {
					assertThat(failure)
						.hasMessage("'weakref.near-cache.enabled' is true, but %s is not on the class path.", library);
					assertThat(failure.getAction())
						.isEqualTo("Add the dependency org.springframework.boot:spring-boot-starter-data-redis, "
								+ "or set weakref.near-cache.enabled=false.");
				}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.lettuce", "org.springframework.data.redis" })
	void nothingIsAddedWithoutRedisOnTheClassPath(String missing) {
		withoutRedis(missing).run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(WeakCacheRegistry.class)
			.doesNotHaveBean("weakNearCacheManager")
			.doesNotHaveBean("weakNearInvalidation"));
	}

	private static ApplicationContextRunner withoutRedis(String missing) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class,
					NearCacheLibrariesAutoConfiguration.class, NearCacheMetricsAutoConfiguration.class,
					NearCacheHealthContributorAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(missing));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer", "org.springframework.boot.health" })
	void applicationStartsIfOneLibraryIsMissing(String missing) {
		new ApplicationContextRunner().withUserConfiguration(ApplicationConfiguration.class)
			.withPropertyValues("spring.data.redis.port=1", "weakref.near-cache.enabled=true")
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("weakNearCacheManager"));
	}

	@Test
	void beansAreNotInjectedByTypeAloneAndTheCacheProviderIsThatOfTheApplication() {
		this.runner.withUserConfiguration(ByTypeConfiguration.class).run((context) -> {
			assertThat(context).hasBean("weakNearCacheManager").hasBean("weakNearInvalidation");
			ByTypeConfiguration byType = context.getBean(ByTypeConfiguration.class);
			assertThat(byType.manager).isNull();
			assertThat(byType.invalidation).isNull();
			assertThat(byType.provider).isSameAs(context.getBean("cacheManager"));
			assertThat(context.getBean(CacheManager.class)).isInstanceOf(RedisCacheManager.class);
		});
	}

	@Test
	void userBeansOfTheSameNamesWin() {
		this.runner
			.withBean("weakNearCacheManager", ConcurrentMapCacheManager.class, () -> new ConcurrentMapCacheManager())
			.run((context) -> assertThat(context).getBean("weakNearCacheManager")
				.isInstanceOf(ConcurrentMapCacheManager.class));
		NearInvalidation own = mock(NearInvalidation.class);
		this.runner.withBean("weakNearInvalidation", NearInvalidation.class, () -> own)
			.run((context) -> assertThat(context).doesNotHaveBean(RedisNearInvalidation.class)
				.getBean("weakNearInvalidation")
				.isSameAs(own));
	}

	@Test
	void customizersSeeTheFirstLevel() {
		this.runner.withPropertyValues("weakref.near-cache.cache-names=customers")
			.withBean(WeakCacheBuilderCustomizer.class, () -> (builder) -> builder.recordStats(false))
			.run((context) -> assertThat(
					context.getBean(WeakCacheRegistry.class).get("near-customers").isRecordingStats())
				.isFalse());
	}

	@Test
	void firstLevelIsInTheRegistryUnderItsOwnName() {
		this.runner.withPropertyValues("weakref.near-cache.cache-names=customers,orders").run((context) -> {
			NearCacheManager manager = context.getBean("weakNearCacheManager", NearCacheManager.class);
			assertThat(manager.getCacheNames()).containsExactly("customers", "orders");
			assertThat(manager.getCache("other")).isNull();
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			assertThat(registry.names()).containsExactly("near-customers", "near-orders");
			assertThat(Objects.requireNonNull(manager.getCache("customers")).getNativeCache())
				.isSameAs(registry.get("near-customers"));
		});
	}

	@Test
	void optionsOfTheFirstLevelAreThoseOfAWeakCache() {
		this.runner
			.withPropertyValues("weakref.near-cache.cache-names=customers",
					"weakref.caches.near-customers.record-stats=false")
			.run((context) -> {
				NearCacheManager manager = context.getBean("weakNearCacheManager", NearCacheManager.class);
				NearCache cache = (NearCache) Objects.requireNonNull(manager.getCache("customers"));
				assertThat(cache.getNativeCache()).isSameAs(context.getBean("near-customers"));
			});
	}

	@Test
	void withoutCacheNamesCachesAreCreatedOnDemand() {
		this.runner.run((context) -> {
			NearCacheManager manager = context.getBean("weakNearCacheManager", NearCacheManager.class);
			assertThat(manager.getCacheNames()).isEmpty();
			assertThat(manager.getCache("customers")).isNotNull().isSameAs(manager.getCache("customers"));
			assertThat(manager.getCacheNames()).containsExactly("customers");
		});
	}

	@Test
	void cacheThatTheRedisCacheManagerDoesNotHaveIsNull() {
		this.runner.withUserConfiguration(FixedCachesConfiguration.class).run((context) -> {
			NearCacheManager manager = context.getBean("weakNearCacheManager", NearCacheManager.class);
			assertThat(manager.getCache("customers")).isNotNull();
			assertThat(manager.getCache("other")).isNull();
			assertThat(context.getBean(WeakCacheRegistry.class).names()).containsExactly("near-customers");
		});
	}

	@Test
	void childContextUsesTheManagerOfItsParent() {
		this.runner.run((parent) -> this.runner.withParent(parent).run((child) -> {
			assertThat(child.getBeansOfType(NearCacheManager.class)).isEmpty();
			assertThat(child.getBean("weakNearCacheManager")).isSameAs(parent.getBean("weakNearCacheManager"));
		}));
	}

	@Test
	void cachesThatAreCreatedLaterAreMeteredAndMetersAreRemovedWithTheContext() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.run((context) -> {
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(meters.get("weakref.near.trusted").gauge().value()).isZero();
				assertThat(meters.find("weakref.near.gets").functionCounter()).isNull();
				context.getBean("weakNearCacheManager", NearCacheManager.class).getCache("customers");
				for (String result : List.of("first", "second", "load")) {
					assertThat(meters.get("weakref.near.gets")
						.tags("cache", "customers", "result", result)
						.functionCounter()
						.count()).isZero();
				}
				for (String reason : List.of("push", "flush", "own")) {
					assertThat(meters.get("weakref.near.invalidations")
						.tags("cache", "customers", "reason", reason)
						.functionCounter()).isNotNull();
				}
				assertThat(meters.get("weakref.near.refused").tag("cache", "customers").functionCounter().count())
					.isZero();
				context.getBean(NearCacheMeterBinder.class).destroy();
				context.getBean("weakNearCacheManager", NearCacheManager.class).getCache("orders");
				assertThat(meters.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("weakref.near"));
			});
	}

	@Test
	void listenerOfAddedMetersMayCreateCachesWhileAnotherThreadCreatesOne() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.run((context) -> {
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				NearCacheManager manager = context.getBean("weakNearCacheManager", NearCacheManager.class);
				CountDownLatch making = new CountDownLatch(1);
				CompletableFuture<@Nullable Cache> made = new CompletableFuture<>();
				meters.config().onMeterAdded((meter) -> {
					if (meter.getId().getName().equals("mine")) {
						// Micrometer holds its lock here
						making.countDown();
						GarbageCollection.await(() -> manager.getCacheNames().contains("other"));
						made.complete(manager.getCache("more"));
					}
				});
				CompletableFuture<@Nullable Cache> other = inThread(() -> {
					making.await();
					return manager.getCache("other");
				});
				CompletableFuture<Counter> mine = inThread(() -> meters.counter("mine"));
				assertThat(mine).succeedsWithin(Duration.ofSeconds(10));
				assertThat(made).succeedsWithin(Duration.ofSeconds(10));
				assertThat(other).succeedsWithin(Duration.ofSeconds(10));
				GarbageCollection.await(() -> cachesWithMeters(meters).equals(Set.of("other", "more")));
			});
	}

	@Test
	void secondContextDoesNotAffectTheMetersOfTheFirstOnTheSameRegistry() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		this.runner.run((first) -> {
			first.getBean(NearCacheMeterBinder.class).bindTo(meters);
			first.getBean("weakNearCacheManager", NearCacheManager.class).getCache("customers");
			List<Meter> before = meters.getMeters();
			assertThat(before).hasSize(8);
			this.runner.run((second) -> {
				second.getBean(NearCacheMeterBinder.class).bindTo(meters);
				second.getBean("weakNearCacheManager", NearCacheManager.class).getCache("customers");
				second.getBean("weakNearCacheManager", NearCacheManager.class).getCache("orders");
				assertThat(cachesWithMeters(meters)).containsExactlyInAnyOrder("customers", "orders");
			});
			assertThat(meters.getMeters()).containsExactlyInAnyOrderElementsOf(before);
		});
		assertThat(meters.getMeters()).isEmpty();
	}

	@Test
	void healthIsUpAndReportsWhyTheNearCacheIsNotTrusted() {
		healthRunner().run((context) -> {
			HealthDescriptor health = context.getBean(HealthEndpoint.class).healthForPath("weakrefNear");
			assertThat(health).isInstanceOf(IndicatedHealthDescriptor.class)
				.returns(Status.UP, HealthDescriptor::getStatus);
			assertThat(((IndicatedHealthDescriptor) Objects.requireNonNull(health)).getDetails())
				.containsEntry("trusted", false)
				.hasEntrySatisfying("reason", (reason) -> assertThat(reason.toString()).startsWith("Redis "));
		});
	}

	@Test
	void healthCanBeDisabled() {
		healthRunner().withPropertyValues("management.health.weakref-near.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("weakrefNearHealthIndicator"));
	}

	@Test
	void missingCacheManagerIsAnsweredWithHowToGetOne(CapturedOutput output) {
		start(NoCacheManager.class);
		assertThat(output)
			.contains("The near cache needs a RedisCacheManager as its second level, but the application has none.")
			.contains("Add @EnableCaching and 'spring.cache.type=redis', or define a RedisCacheManager bean.");
	}

	@Test
	void severalCacheManagersAreAnsweredWithTheProperty(CapturedOutput output) {
		start(TwoCacheManagers.class);
		assertThat(output).contains("but the application has several: first, second.")
			.contains("Name one of them with 'weakref.near-cache.cache-manager'.");
	}

	@Test
	void cacheManagerIsChosenByName() {
		new ApplicationContextRunner().withUserConfiguration(TwoCacheManagers.class)
			.withPropertyValues("spring.data.redis.port=1", "weakref.near-cache.enabled=true",
					"weakref.near-cache.cache-manager=second")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void wrongNameIsAnsweredWithTheExistingNames(CapturedOutput output) {
		start(TwoCacheManagers.class, "weakref.near-cache.cache-manager=third");
		assertThat(output).contains(
				"'weakref.near-cache.cache-manager' is 'third', but there is no RedisCacheManager bean with this name.")
			.contains("Name one of these beans: first, second.");
	}

	@Test
	void clientOtherThanLettuceIsAnsweredWithTheProperty(CapturedOutput output) {
		start(OtherClient.class);
		assertThat(output).contains("The near cache needs Lettuce, but the connection factory 'otherClient' is a ")
			.contains("Set 'spring.data.redis.client-type' to lettuce.");
	}

	@Test
	void severalConnectionFactoriesAreAnsweredWithTheBeanToDefine(CapturedOutput output) {
		start(TwoConnectionFactories.class);
		assertThat(output).contains("but the application has several: one, two.")
			.contains(
					"Define a RedisNearInvalidation bean named 'weakNearInvalidation' with the right connection factory.");
	}

	@Test
	void readingFromReplicasIsAnsweredWithTheProperty(CapturedOutput output) {
		start(ApplicationConfiguration.class, "spring.data.redis.lettuce.read-from=replica-preferred");
		assertThat(output).contains("The near cache must read from the server that accepts the writes")
			.contains("Remove 'spring.data.redis.lettuce.read-from', or set it to upstream.");
	}

	@Test
	void staticListOfReplicasIsAnsweredWithWhatToUse(CapturedOutput output) {
		start(ApplicationConfiguration.class, "spring.data.redis.masterreplica.nodes=localhost:1,localhost:2");
		assertThat(output).contains(
				"The near cache cannot tell which server in a static list of a master and its replicas accepts the writes.")
			.contains(
					"Remove 'spring.data.redis.masterreplica.nodes' and set the host and port of the master, or use Sentinel.");
	}

	@Test
	void readingFromTheUpstreamIsFine() {
		this.runner
			.withBean(LettuceClientConfigurationBuilderCustomizer.class,
					() -> (builder) -> builder.readFrom(ReadFrom.UPSTREAM))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void cacheWithoutKeyPrefixIsAnsweredWithTheProperty(CapturedOutput output) {
		start(ApplicationConfiguration.class, "weakref.near-cache.cache-names=customers",
				"spring.cache.redis.use-key-prefix=false");
		assertThat(output)
			.contains("The Redis cache 'customers' has no key prefix, so Redis cannot tell its keys from other keys.")
			.contains("Set 'spring.cache.redis.use-key-prefix' to true");
	}

	@Test
	void timeToIdleIsRefused(CapturedOutput output) {
		start(TimeToIdle.class, "weakref.near-cache.cache-names=customers");
		assertThat(output).contains("The Redis cache 'customers' uses time-to-idle")
			.contains("Disable time-to-idle for the cache");
	}

	@Test
	void keySerializerThatMovesThePrefixIsRefused(CapturedOutput output) {
		start(JdkKeys.class, "weakref.near-cache.cache-names=customers");
		assertThat(output)
			.contains("The key serializer of the Redis cache 'customers' does not keep the key prefix at the beginning")
			.contains("Serialize keys as strings, which is the default.");
	}

	@Test
	void durationsAreValidated(CapturedOutput output) {
		start(ApplicationConfiguration.class, "weakref.near-cache.max-staleness=1500ms");
		start(ApplicationConfiguration.class, "weakref.near-cache.heartbeat=0s");
		start(ApplicationConfiguration.class, "weakref.near-cache.while-untrusted=serve",
				"weakref.near-cache.serve-for=-1s");
		assertThat(output)
			.contains("Invalid value '1500ms' for configuration property 'weakref.near-cache.max-staleness'")
			.contains("It must be at least twice 'weakref.near-cache.heartbeat', which is 1s.")
			.contains("configuration property 'weakref.near-cache.heartbeat'")
			.contains("configuration property 'weakref.near-cache.serve-for'")
			.contains("It must be positive.");
	}

	private ApplicationContextRunner healthRunner() {
		return this.runner
			.withConfiguration(AutoConfigurations.of(HealthContributorAutoConfiguration.class,
					HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=health",
					"management.endpoint.health.show-details=always");
	}

	private static Set<String> cachesWithMeters(MeterRegistry meters) {
		return meters.find("weakref.near.refused")
			.meters()
			.stream()
			.map((meter) -> String.valueOf(meter.getId().getTag("cache")))
			.collect(Collectors.toSet());
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

	private static void start(Class<?> application, String... properties) {
		assertThatException().isThrownBy(() -> new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("spring.data.redis.port=1", "weakref.near-cache.enabled=true", "spring.cache.type=redis")
			.properties(properties)
			.run()
			.close());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, CacheAutoConfiguration.class,
			WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class, NearCacheMetricsAutoConfiguration.class,
			NearCacheHealthContributorAutoConfiguration.class })
	@EnableCaching
	static class ApplicationConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, WeakrefAutoConfiguration.class,
			NearCacheAutoConfiguration.class })
	static class NoCacheManager {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, WeakrefAutoConfiguration.class,
			NearCacheAutoConfiguration.class })
	static class TwoCacheManagers {

		@Bean
		RedisCacheManager first(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.create(connectionFactory);
		}

		@Bean
		RedisCacheManager second(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.create(connectionFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class })
	static class OtherClient {

		@Bean
		RedisConnectionFactory otherClient() {
			return mock(RedisConnectionFactory.class);
		}

		@Bean
		RedisCacheManager cacheManager(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.create(connectionFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class })
	static class TwoConnectionFactories {

		@Bean
		LettuceConnectionFactory one() {
			return new LettuceConnectionFactory("localhost", 1);
		}

		@Bean
		LettuceConnectionFactory two() {
			return new LettuceConnectionFactory("localhost", 2);
		}

		@Bean
		RedisCacheManager cacheManager() {
			return RedisCacheManager.create(one());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TimeToIdle extends ApplicationConfiguration {

		@Bean
		RedisCacheConfiguration redisCacheConfiguration() {
			return RedisCacheConfiguration.defaultCacheConfig().entryTtl(Duration.ofMinutes(1)).enableTimeToIdle();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdkKeys extends ApplicationConfiguration {

		@Bean
		RedisCacheConfiguration redisCacheConfiguration() {
			return RedisCacheConfiguration.defaultCacheConfig()
				.serializeKeysWith(SerializationPair.fromSerializer(new JdkKeySerializer()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FixedCachesConfiguration {

		@Bean
		RedisCacheManager cacheManager(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.builder(connectionFactory)
				.initialCacheNames(Set.of("customers"))
				.disableCreateOnMissingCache()
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByTypeConfiguration {

		@Autowired(required = false)
		@Nullable NearCacheManager manager;

		@Autowired(required = false)
		@Nullable NearInvalidation invalidation;

		@Autowired
		@Nullable CacheManager provider;

	}

	static final class JdkKeySerializer implements RedisSerializer<String> {

		private final RedisSerializer<Object> jdk = RedisSerializer.java();

		@Override
		public byte[] serialize(@Nullable String value) {
			return this.jdk.serialize(value);
		}

		@Override
		public @Nullable String deserialize(byte @Nullable [] bytes) {
			return (String) this.jdk.deserialize(bytes);
		}

	}

}
