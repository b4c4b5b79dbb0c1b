package io.weakref.autoconfigure;

import io.weakref.actuate.WeakrefEndpoint;
import io.weakref.actuate.WeakrefEndpointWebExtension;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.context.WeakCacheRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link WeakrefEndpoint}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(WeakCacheRegistry.class)
@ConditionalOnAvailableEndpoint(WeakrefEndpoint.class)
public final class WeakrefEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WeakrefEndpoint weakrefEndpoint(WeakCacheRegistry registry, ObjectProvider<WeakCleaner> cleaners) {
		return new WeakrefEndpoint(registry, cleaners.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(WeakrefEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	WeakrefEndpointWebExtension weakrefEndpointWebExtension(WeakrefEndpoint endpoint) {
		return new WeakrefEndpointWebExtension(endpoint);
	}

}
