package io.weakref.documentation;

import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.cache.WeakCacheManagerAutoConfiguration;
import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.autoconfigure.near.NearCacheAutoConfiguration;
import io.weakref.autoconfigure.near.NearCacheMetricsAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

/**
 * An application with everything that the pages describe. Its Redis server does not
 * exist.
 */
final class DocumentedApplication {

	private DocumentedApplication() {
	}

	static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
					WeakCacheManagerAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class,
					MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
					CacheAutoConfiguration.class, DataRedisAutoConfiguration.class, NearCacheAutoConfiguration.class,
					NearCacheMetricsAutoConfiguration.class))
			.withUserConfiguration(CachingConfiguration.class)
			.withPropertyValues("spring.data.redis.port=1");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
