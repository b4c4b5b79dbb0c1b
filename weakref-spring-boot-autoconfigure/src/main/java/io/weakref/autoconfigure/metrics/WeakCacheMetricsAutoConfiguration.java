package io.weakref.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.autoconfigure.cache.WeakCacheManagerAutoConfiguration;
import io.weakref.cache.WeakCacheManager;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.cache.metrics.CacheMeterBinderProvider;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of Boot's {@code cache.*} meters for
 * the weak caches of Spring's cache abstraction.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakCacheManagerAutoConfiguration.class, before = CacheMetricsAutoConfiguration.class)
@ConditionalOnClass({ MeterRegistry.class, CacheMeterBinderProvider.class })
@ConditionalOnBean(name = "weakCacheManager")
public final class WeakCacheMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WeakValueCacheMeterBinderProvider weakValueCacheMeterBinderProvider() {
		return new WeakValueCacheMeterBinderProvider();
	}

	@Bean
	@ConditionalOnMissingBean
	WeakCacheManagerMetrics weakCacheManagerMetrics(
			@Qualifier("weakCacheManager") ObjectProvider<WeakCacheManager> cacheManager) {
		return new WeakCacheManagerMetrics("weak", cacheManager);
	}

}
