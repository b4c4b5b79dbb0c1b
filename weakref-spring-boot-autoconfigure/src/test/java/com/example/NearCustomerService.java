package com.example;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/**
 * Loads customers. All JVMs share them through Redis, and each JVM has one instance of a
 * customer while it is in use.
 */
@Service
class NearCustomerService {

	private final CustomerRepository customers;

	NearCustomerService(CustomerRepository customers) {
		this.customers = customers;
	}

	@Cacheable(cacheManager = "weakNearCacheManager", cacheNames = "customers", sync = true)
	public Customer customer(String id) {
		return this.customers.load(id);
	}

}
