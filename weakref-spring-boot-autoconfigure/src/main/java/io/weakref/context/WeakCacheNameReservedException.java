package io.weakref.context;

/**
 * Thrown where a weak cache is declared under a name that belongs to a bean of Spring's.
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
		super("The weak cache '%s' of %s cannot have this name: it belongs to a bean of Spring's".formatted(cacheName,
				origin));
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
