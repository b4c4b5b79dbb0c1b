package io.weakref.autoconfigure.cache;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakCacheKind;

/**
 * Thrown where a weak cache that cannot be a cache of Spring's is named as one.
 */
class UnsupportedCacheKindException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The name of the weak cache. */
	private final String cacheName;

	UnsupportedCacheKindException(String cacheName, WeakCollection cache) {
		super("The weak cache '%s' is of kind %s, and Spring's cache abstraction takes only kind %s"
			.formatted(cacheName, cache.kind(), WeakCacheKind.VALUES));
		this.cacheName = cacheName;
	}

	String getCacheName() {
		return this.cacheName;
	}

}
