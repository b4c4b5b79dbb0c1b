package io.weakref.collection;

/**
 * How weak keys and elements are compared.
 *
 * @since 0.1.0
 */
public enum KeyMatch {

	/** By {@code equals} and {@code hashCode}. */
	EQUALITY,

	/** By {@code ==} and {@link System#identityHashCode}. */
	IDENTITY

}
