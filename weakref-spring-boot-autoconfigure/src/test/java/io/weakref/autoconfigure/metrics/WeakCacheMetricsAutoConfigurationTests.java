package io.weakref.autoconfigure.metrics;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.cache.WeakCacheManagerAutoConfiguration;
import io.weakref.cache.WeakCacheManager;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakCacheMetricsAutoConfiguration}.
 */
class WeakCacheMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
				WeakCacheManagerAutoConfiguration.class, WeakCacheMetricsAutoConfiguration.class,
				CacheAutoConfiguration.class, CacheMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withPropertyValues("weakref.spring-cache.enabled=true");

	private final ApplicationContextRunner cachingRunner = this.runner.withUserConfiguration(CachingConfiguration.class)
		.withPropertyValues("spring.cache.type=simple");

	@Test
	void namedCachesAreMeteredByBoot() {
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles,people")
			.run((context) -> assertThat(size(context.getBean(MeterRegistry.class), "weak", "tiles")).isEqualTo(1)
				.isEqualTo(size(context.getBean(MeterRegistry.class), "weak", "people")));
	}

	@Test
	void namedCachesAreMeteredWithoutEnableCaching() {
		this.runner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.run((context) -> assertThat(size(context.getBean(MeterRegistry.class), "weak", "tiles")).isEqualTo(1));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void cachesCreatedAfterTheStartAreMetered(boolean enableCaching) {
		(enableCaching ? this.cachingRunner : this.runner).run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(size(registry, "weak", "tiles")).isZero();
			context.getBean(WeakCacheManager.class).getCache("tiles");
			assertThat(size(registry, "weak", "tiles")).isEqualTo(1);
		});
	}

	@Test
	void metersReadTheFiguresOfTheDictionary() {
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles").run((context) -> {
			WeakValueDictionary<Object, Object> tiles = context.getBean(WeakCacheRegistry.class).values("tiles");
			Object tile = new Object();
			tiles.put("a", tile);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("cache.size").tag("cache", "tiles").gauge().value()).isEqualTo(1);
			assertThat(tiles).containsValue(tile);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void metersFollowTheRegistry(boolean enableCaching) {
		(enableCaching ? this.cachingRunner : this.runner).withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.run((context) -> {
				WeakCacheRegistry caches = context.getBean(WeakCacheRegistry.class);
				Gauge size = context.getBean(MeterRegistry.class).get("cache.size").tag("cache", "tiles").gauge();
				Object tile = new Object();
				caches.values("tiles").put("a", tile);
				assertThat(size.value()).isEqualTo(1);
				caches.remove("tiles");
				assertThat(size.value()).isZero();
				assertThat(caches.names()).as("reading the meters creates no cache").doesNotContain("tiles");
				WeakValueDictionary<Object, Object> next = caches.values("tiles");
				assertThat(size.value()).isZero();
				next.put("b", tile);
				next.put("c", tile);
				assertThat(size.value()).isEqualTo(2);
				assertThat(size(context.getBean(MeterRegistry.class), "weak", "tiles")).isEqualTo(1);
			});
	}

	@Test
	void noMeterIsRegisteredTwice() {
		Logger logger = (Logger) LoggerFactory.getLogger(MeterRegistry.class);
		Level level = logger.getLevel();
		ListAppender<ILoggingEvent> complaints = new ListAppender<>();
		complaints.start();
		logger.addAppender(complaints);
		// Micrometer logs this as a warning only once in a JVM, then at debug level
		logger.setLevel(Level.DEBUG);
		try {
			this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
				.run((context) -> assertThat(size(context.getBean(MeterRegistry.class), "weak", "tiles")).isEqualTo(1));
		}
		finally {
			logger.setLevel(level);
			logger.detachAppender(complaints);
		}
		assertThat(complaints.list).extracting(ILoggingEvent::getFormattedMessage)
			.noneMatch((message) -> message.contains("already registered"));
	}

	@Test
	void cachesOfTheApplicationsProviderAreMeteredToo() {
		this.runner.withUserConfiguration(CachingConfiguration.class)
			.withPropertyValues("spring.cache.type=caffeine", "spring.cache.cache-names=people",
					"spring.cache.caffeine.spec=recordStats", "weakref.spring-cache.cache-names=tiles")
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(size(registry, "weak", "tiles")).isEqualTo(1);
				assertThat(size(registry, "cacheManager", "people")).isEqualTo(1);
				assertThat(registry.find("cache.gets").tag("cache", "people").functionCounters()).hasSize(2);
			});
	}

	@Test
	void anotherManagerOfTheUserIsMeteredUnderItsName() {
		this.cachingRunner
			.withBean("moreCacheManager", WeakCacheManager.class,
					() -> new WeakCacheManager((name) -> new WeakValueDictionary<>(), List.of("people")))
			.run((context) -> assertThat(size(context.getBean(MeterRegistry.class), "more", "people")).isEqualTo(1));
	}

	@Test
	void userBeanOfAnotherTypeWithTheNameIsLeftAlone() {
		this.cachingRunner
			.withBean("weakCacheManager", ConcurrentMapCacheManager.class, () -> new ConcurrentMapCacheManager())
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void backsOffWithoutTheManager() {
		this.cachingRunner.withPropertyValues("weakref.spring-cache.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(WeakCacheManagerMetrics.class)
				.doesNotHaveBean(WeakValueCacheMeterBinderProvider.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer.core", "org.springframework.boot.cache" })
	void startsIfAnOptionalLibraryIsMissing(String missing) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
					WeakCacheManagerAutoConfiguration.class, WeakCacheMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(missing))
			.withPropertyValues("weakref.spring-cache.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(WeakCacheManager.class)
				.doesNotHaveBean("weakCacheManagerMetrics"));
	}

	private static int size(MeterRegistry registry, String cacheManager, String cache) {
		return registry.find("cache.size")
			.tags("cache", cache, "name", cache, "cache.manager", cacheManager)
			.gauges()
			.size();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
