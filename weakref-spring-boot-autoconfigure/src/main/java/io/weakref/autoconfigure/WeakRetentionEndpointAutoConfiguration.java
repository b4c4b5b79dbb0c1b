package io.weakref.autoconfigure;

import io.weakref.actuate.WeakRetentionEndpoint;
import io.weakref.actuate.WeakRetentionEndpointWebExtension;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.retention.RetentionAnalysis;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the
 * {@link WeakRetentionEndpoint}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(WeakCacheRegistry.class)
@ConditionalOnAvailableEndpoint(WeakRetentionEndpoint.class)
public final class WeakRetentionEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RetentionAnalysis weakRetentionAnalysis() {
		return new RetentionAnalysis();
	}

	@Bean
	@ConditionalOnMissingBean
	WeakRetentionEndpoint weakRetentionEndpoint(WeakCacheRegistry registry, RetentionAnalysis analysis) {
		return new WeakRetentionEndpoint(registry, analysis);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(WeakRetentionEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	WeakRetentionEndpointWebExtension weakRetentionEndpointWebExtension(WeakRetentionEndpoint endpoint) {
		return new WeakRetentionEndpointWebExtension(endpoint);
	}

}
