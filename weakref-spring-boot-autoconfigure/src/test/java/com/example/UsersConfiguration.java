package com.example;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.KeyMatch;
import io.weakref.collection.WeakKeyDictionary;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Recipe: a cache that the application builds as a bean.
 */
@Configuration(proxyBeanMethods = false)
class UsersConfiguration {

	@Bean
	WeakKeyDictionary<Connection, String> users(WeakCleaner cleaner) {
		return WeakKeyDictionary.<Connection, String>builder()
			.cleaner(cleaner)
			.keyMatch(KeyMatch.IDENTITY)
			.recordStats(true)
			.build();
	}

}
