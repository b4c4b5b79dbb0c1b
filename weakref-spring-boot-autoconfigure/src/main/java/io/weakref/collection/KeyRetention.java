package io.weakref.collection;

/**
 * Which of two equal keys stays when the second is put while the first is present. The
 * entry lives as long as the key that stays.
 *
 * @since 0.1.0
 */
public enum KeyRetention {

	/** The first key stays, as in every {@code Map}. */
	OLDEST,

	/** The key that was put last stays. */
	NEWEST

}
