package io.weakref.benchmark;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The operations of every contender. A forked JVM loads only one implementation, so the
 * call through the interface costs nothing.
 */
interface Store {

	@Nullable Object get(Object key);

	@Nullable Object put(Object key, Object value);

	@Nullable Object remove(Object key);

	@Nullable Object computeIfAbsent(Object key, Function<Object, Object> function);

	/** The values, in an iteration over the entries. */
	Iterable<?> values();

	/** The number of entries in the table, dead ones included. */
	int size();

	/** Remove dead entries, in the way that the contender offers. */
	void purge();

	/** The object that a user would use instead of this one. */
	default Object bare() {
		return this;
	}

}
