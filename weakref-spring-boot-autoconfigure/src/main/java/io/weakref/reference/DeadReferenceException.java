package io.weakref.reference;

/**
 * Thrown by a call of a weak proxy whose referent has died.
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
