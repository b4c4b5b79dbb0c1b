package com.example;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/**
 * Loads customers that all JVMs share in Redis, and each JVM holds while it uses them.
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
