package io.weakref.context;

/**
 * Thrown when a weak cache is declared under a name that Spring uses for a bean of its
 * own.
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
		super("The weak cache '%s' of %s cannot have this name: Spring has or looks for a bean of its own under it"
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
