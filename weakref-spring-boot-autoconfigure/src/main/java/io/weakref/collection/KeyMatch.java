package io.weakref.collection;

/**
 * How weak keys and elements are compared.
 */
public enum KeyMatch {

	/** By {@code equals} and {@code hashCode}. */
	EQUALITY,

	/** By {@code ==} and {@link System#identityHashCode}. */
	IDENTITY

}
