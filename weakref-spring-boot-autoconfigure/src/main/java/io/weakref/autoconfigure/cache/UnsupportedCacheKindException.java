package io.weakref.autoconfigure.cache;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakCacheKind;

/**
 * Thrown when a weak cache of a kind that Spring's cache abstraction cannot use is
 * requested as a Spring cache.
 */
class UnsupportedCacheKindException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The name of the weak cache. */
	private final String cacheName;

	UnsupportedCacheKindException(String cacheName, WeakCollection cache) {
		super("The weak cache '%s' is of kind %s, but Spring's cache abstraction can only use kind %s"
			.formatted(cacheName, cache.kind(), WeakCacheKind.VALUES));
		this.cacheName = cacheName;
	}

	String getCacheName() {
		return this.cacheName;
	}

}
