package io.weakref.reference;

/**
 * Thrown when something is asked to refer weakly to what cannot usefully be referred to.
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
