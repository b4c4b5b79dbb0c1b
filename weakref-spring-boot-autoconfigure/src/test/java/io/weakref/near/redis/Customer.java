package io.weakref.near.redis;

import java.io.Serializable;
import java.util.Objects;

import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;

import org.springframework.cache.Cache.ValueWrapper;

/**
 * The value that the tests cache. It has no {@code equals}: tests compare instances and
 * names.
 */
final class Customer implements Serializable {

	private static final long serialVersionUID = 1L;

	private final String name;

	Customer(String name) {
		this.name = name;
	}

	/**
	 * Put a customer into a trusted cache, and wait until the server has reported the
	 * change.
	 */
	static void put(NearCache cache, String key, String name) {
		long pushed = cache.stats().pushed();
		cache.put(key, new Customer(name));
		GarbageCollection.await(() -> cache.stats().pushed() > pushed);
	}

	/** Put a customer, and return it once it is in the first level. */
	static Customer putAndHold(NearCache cache, String key, String name) {
		put(cache, key, name);
		return hold(cache, key);
	}

	/** Return the customer of a key once it is in the first level. */
	static Customer hold(NearCache cache, String key) {
		Customer[] value = new Customer[1];
		GarbageCollection.await(() -> {
			value[0] = get(cache, key);
			long before = cache.stats().first();
			cache.get(key);
			return cache.stats().first() > before;
		});
		return value[0];
	}

	/** Return the customer of a key. */
	static Customer get(NearCache cache, Object key) {
		ValueWrapper wrapper = cache.get(key);
		return (Customer) Objects.requireNonNull(Objects.requireNonNull(wrapper, "no value").get());
	}

	String name() {
		return this.name;
	}

	@Override
	public String toString() {
		return "Customer " + this.name;
	}

}
