package io.weakref.autoconfigure.near;

import io.weakref.actuate.NearCacheHealthIndicator;
import io.weakref.near.NearInvalidation;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the
 * {@link NearCacheHealthIndicator}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = NearCacheAutoConfiguration.class, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(name = "weakNearInvalidation")
@ConditionalOnEnabledHealthIndicator("weakref-near")
public final class NearCacheHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "weakrefNearHealthIndicator")
	NearCacheHealthIndicator weakrefNearHealthIndicator(
			@Qualifier("weakNearInvalidation") NearInvalidation invalidation) {
		return new NearCacheHealthIndicator(invalidation);
	}

}
