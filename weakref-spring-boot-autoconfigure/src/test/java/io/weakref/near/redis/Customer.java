package io.weakref.near.redis;

import java.io.Serializable;

/**
 * What the tests cache. Has no {@code equals}: tests compare instances and names.
 */
final class Customer implements Serializable {

	private static final long serialVersionUID = 1L;

	private final String name;

	Customer(String name) {
		this.name = name;
	}

	String name() {
		return this.name;
	}

	@Override
	public String toString() {
		return "Customer " + this.name;
	}

}
