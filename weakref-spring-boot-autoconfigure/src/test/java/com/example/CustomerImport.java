package com.example;

import java.util.Objects;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.stereotype.Component;

/**
 * Recipe: evicting explicitly.
 */
@Component
class CustomerImport {

	private final Cache customers;

	CustomerImport(@Qualifier("weakCacheManager") CacheManager cacheManager) {
		this.customers = Objects.requireNonNull(cacheManager.getCache("customers"));
	}

	void replaced(String id) {
		this.customers.evict(id);
	}

}
