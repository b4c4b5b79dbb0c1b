package io.weakref.autoconfigure.near;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.near.NearCacheManager;
import io.weakref.near.NearInvalidation;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the Micrometer meters of near
 * caches. Boot binds them to the meter registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = NearCacheAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(name = "weakNearCacheManager")
public final class NearCacheMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "weakNearCacheMeterBinder")
	NearCacheMeterBinder weakNearCacheMeterBinder(
			@Qualifier("weakNearCacheManager") ObjectProvider<NearCacheManager> cacheManager,
			@Qualifier("weakNearInvalidation") ObjectProvider<NearInvalidation> invalidation) {
		return new NearCacheMeterBinder(cacheManager, invalidation);
	}

}
