package io.weakref.near.redis;

/**
 * Thrown if the application's Redis client or one of its caches is configured in a way
 * that a near cache cannot work with.
 *
 * @since 0.1.0
 */
public class NearCacheUnsupportedException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** What the user can do about it. */
	private final String action;

	/**
	 * Create an exception.
	 * @param message the problem, a sentence with a full stop
	 * @param action what to do about it, a sentence with a full stop
	 */
	public NearCacheUnsupportedException(String message, String action) {
		super(message);
		this.action = action;
	}

	/**
	 * Return what to do about it.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
