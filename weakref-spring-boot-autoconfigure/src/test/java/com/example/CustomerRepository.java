package com.example;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loads customers, and counts them.
 */
class CustomerRepository {

	final AtomicInteger loaded = new AtomicInteger();

	Customer load(String id) {
		this.loaded.incrementAndGet();
		return new Customer(id);
	}

}
