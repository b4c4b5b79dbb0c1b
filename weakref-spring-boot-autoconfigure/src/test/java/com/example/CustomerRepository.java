package com.example;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loads customers, and counts them.
 */
class CustomerRepository {

	final AtomicInteger loaded = new AtomicInteger();

	final List<String> deleted = new ArrayList<>();

	Customer load(String id) {
		this.loaded.incrementAndGet();
		return new Customer(id);
	}

	Customer save(Customer customer) {
		return customer;
	}

	void delete(String id) {
		this.deleted.add(id);
	}

}
