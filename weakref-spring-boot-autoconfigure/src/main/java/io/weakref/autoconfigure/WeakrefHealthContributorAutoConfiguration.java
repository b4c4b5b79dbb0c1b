package io.weakref.autoconfigure;

import io.weakref.actuate.WeakrefHealthIndicator;
import io.weakref.cleaner.WeakCleaner;

import org.springframework.beans.factory.ObjectProvider;
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
 * {@link WeakrefHealthIndicator}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(WeakCleaner.class)
@ConditionalOnEnabledHealthIndicator("weakref")
public final class WeakrefHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "weakrefHealthIndicator")
	WeakrefHealthIndicator weakrefHealthIndicator(ObjectProvider<WeakCleaner> cleaners) {
		return new WeakrefHealthIndicator(cleaners.orderedStream().toList());
	}

}
