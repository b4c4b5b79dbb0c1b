package io.weakref.reference;

/**
 * Thrown if an object is to be referred to weakly for which that is impossible or not
 * useful.
 *
 * @since 0.1.0
 */
public class NotReferenceableException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what was refused, and why
	 */
	public NotReferenceableException(String message) {
		super(message);
	}

}
