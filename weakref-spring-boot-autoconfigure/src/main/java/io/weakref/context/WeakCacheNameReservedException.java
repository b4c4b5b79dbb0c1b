package io.weakref.context;

/**
 * Thrown when a weak cache is declared with a name that Spring or this library uses for
 * one of its own beans.
 *
 * @since 0.1.0
 */
public class WeakCacheNameReservedException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The name. */
	private final String cacheName;

	/** Where the cache is declared, in words. */
	private final String origin;

	WeakCacheNameReservedException(String cacheName, String origin) {
		super("The weak cache '%s' declared by %s cannot have this name: it is reserved for a bean of Spring or of this library"
			.formatted(cacheName, origin));
		this.cacheName = cacheName;
		this.origin = origin;
	}

	/**
	 * Return the name that the cache cannot have.
	 * @return the cache name
	 */
	public String getCacheName() {
		return this.cacheName;
	}

	/**
	 * Return where the cache is declared, in words.
	 * @return the origin
	 */
	public String getOrigin() {
		return this.origin;
	}

}
