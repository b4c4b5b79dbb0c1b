package io.weakref.context;

/**
 * Thrown when a weak cache is registered, or requested as another kind, under a name that
 * another weak cache already has.
 *
 * @since 0.1.0
 */
public class WeakCacheNameTakenException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The name that both caches want. */
	private final String cacheName;

	/** Where the cache that has the name comes from. */
	private final String holder;

	/** Where the other cache comes from. */
	private final String claimant;

	WeakCacheNameTakenException(String cacheName, String holder, String claimant) {
		super("The weak cache name '%s' is taken by %s, so %s cannot have it".formatted(cacheName, holder, claimant));
		this.cacheName = cacheName;
		this.holder = holder;
		this.claimant = claimant;
	}

	/**
	 * Return the name that both caches want.
	 * @return the cache name
	 */
	public String getCacheName() {
		return this.cacheName;
	}

	/**
	 * Return where the cache that has the name comes from, in words.
	 * @return the holder of the name
	 */
	public String getHolder() {
		return this.holder;
	}

	/**
	 * Return where the cache that cannot have the name comes from, in words.
	 * @return the claimant of the name
	 */
	public String getClaimant() {
		return this.claimant;
	}

}
