package io.weakref.benchmark;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What every contender can do. One implementation is loaded in a forked JVM, so the call
 * through the interface costs nothing.
 */
interface Store {

	@Nullable Object get(Object key);

	@Nullable Object put(Object key, Object value);

	@Nullable Object remove(Object key);

	@Nullable Object computeIfAbsent(Object key, Function<Object, Object> function);

	/** The values that an iteration shows. */
	Iterable<?> values();

	/** The number of entries in the table, dead ones included. */
	int size();

	/** Remove what has died, in the way that the contender offers. */
	void purge();

	/** What a user would have in place of this. */
	default Object bare() {
		return this;
	}

}
