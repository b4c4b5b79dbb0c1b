package com.example;

import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/**
 * Recipe: a cached method.
 */
@Service
class CustomerService {

	private final CustomerRepository customers;

	CustomerService(CustomerRepository customers) {
		this.customers = customers;
	}

	@Cacheable(cacheManager = "weakCacheManager", cacheNames = "customers", sync = true)
	public Customer customer(String id) {
		return this.customers.load(id);
	}

	@CachePut(cacheManager = "weakCacheManager", cacheNames = "customers", key = "#customer.id()")
	public Customer save(Customer customer) {
		return this.customers.save(customer);
	}

	@CacheEvict(cacheManager = "weakCacheManager", cacheNames = "customers")
	public void delete(String id) {
		this.customers.delete(id);
	}

}
