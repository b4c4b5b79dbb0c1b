package io.weakref.reference;

/**
 * Thrown by {@code hashCode()} of a weak proxy, and of a reference whose referent had
 * died before the first call.
 *
 * @since 0.1.0
 */
public class UnhashableReferenceException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what cannot be hashed, and why
	 */
	public UnhashableReferenceException(String message) {
		super(message);
	}

}
