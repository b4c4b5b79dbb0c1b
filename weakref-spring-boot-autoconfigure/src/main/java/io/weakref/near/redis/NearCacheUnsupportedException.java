package io.weakref.near.redis;

/**
 * Thrown where the application's Redis or one of its caches is configured in a way that a
 * near cache cannot work with.
 *
 * @since 0.1.0
 */
public class NearCacheUnsupportedException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** What to do about it. */
	private final String action;

	/**
	 * Create an exception.
	 * @param message what is in the way, a sentence with its full stop
	 * @param action what to do about it, a sentence with its full stop
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
