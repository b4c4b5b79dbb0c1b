package io.weakref.reference;

/**
 * Thrown when a proxy is used whose referent no longer exists.
 *
 * @since 0.1.0
 */
public class DeadReferenceException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 */
	public DeadReferenceException() {
		super("weakly-referenced object no longer exists");
	}

}
