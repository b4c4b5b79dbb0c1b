package io.weakref.context;

/**
 * Thrown when a weak cache is registered, or requested as another kind, under a name that
 * another weak cache already has.
 *
 * @since 0.1.0
 */
public class WeakCacheNameTakenException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The name that both want. */
	private final String cacheName;

	/** Where the cache that has the name comes from. */
	private final String holder;

	/** Where the one comes from that does not get it. */
	private final String claimant;

	WeakCacheNameTakenException(String cacheName, String holder, String claimant) {
		super("The weak cache name '%s' is taken by %s, so %s cannot have it".formatted(cacheName, holder, claimant));
		this.cacheName = cacheName;
		this.holder = holder;
		this.claimant = claimant;
	}

	/**
	 * Return the name that both have.
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
	 * Return where the other cache comes from, which cannot have the name, in words.
	 * @return the other one
	 */
	public String getClaimant() {
		return this.claimant;
	}

}
