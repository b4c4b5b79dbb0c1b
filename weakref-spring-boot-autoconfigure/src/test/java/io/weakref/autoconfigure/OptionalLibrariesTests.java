package io.weakref.autoconfigure;

import io.weakref.autoconfigure.cache.WeakCacheManagerAutoConfiguration;
import io.weakref.autoconfigure.metrics.WeakCacheMetricsAutoConfiguration;
import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.cache.WeakCacheManager;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the starter without the optional libraries.
 */
class OptionalLibrariesTests {

	private static final String[] EDGES = { "weakCacheManagerMetrics", "weakrefEndpoint", "weakRetentionEndpoint",
			"weakrefHealthIndicator" };

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(ApplicationConfiguration.class)
		.withPropertyValues("weakref.spring-cache.enabled=true", "weakref.caches.tiles.kind=values",
				"management.endpoints.web.exposure.include=weakrefs,weakretention",
				"management.endpoint.weakretention.access=UNRESTRICTED");

	@Test
	void allBeansExistIfNothingIsMissing() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(WeakCacheRegistry.class).hasSingleBean(WeakCacheManager.class);
			for (String edge : EDGES) {
				assertThat(context).hasBean(edge);
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer", "org.springframework.boot.actuate", "org.springframework.boot.cache",
			"org.springframework.boot.health", "reactor" })
	void applicationStartsIfOneLibraryIsMissing(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasSingleBean(WeakCacheRegistry.class)
				.hasSingleBean(WeakCacheManager.class));
	}

	@Test
	void applicationStartsIfAllLibrariesAreMissing() {
		this.runner
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.actuate",
					"org.springframework.boot.cache", "org.springframework.boot.health", "reactor"))
			.run((context) -> {
				assertThat(context).hasSingleBean(WeakCacheRegistry.class).hasSingleBean(WeakCacheManager.class);
				for (String edge : EDGES) {
					assertThat(context).doesNotHaveBean(edge);
				}
			});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class,
			WeakCacheManagerAutoConfiguration.class, WeakCacheMetricsAutoConfiguration.class,
			WeakrefEndpointAutoConfiguration.class, WeakRetentionEndpointAutoConfiguration.class,
			WeakrefHealthContributorAutoConfiguration.class })
	static class ApplicationConfiguration {

	}

}
