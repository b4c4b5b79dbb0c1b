package com.example;

import java.time.Duration;

import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheBuilderCustomizer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Recipe: values that are held for some time after their last use.
 */
@Configuration(proxyBeanMethods = false)
class HoldConfiguration {

	@Bean
	WeakCacheBuilderCustomizer holdCustomers() {
		return (builder) -> {
			if (builder instanceof WeakValueDictionary.Builder<?, ?> values && "customers".equals(builder.name())) {
				values.holdFor(Duration.ofMinutes(10)).holdMax(10_000);
			}
		};
	}

}
