package io.weakref.near;

/**
 * How a near cache uses its first level while changes may go unnoticed.
 *
 * @since 0.1.0
 */
public enum WhileUntrusted {

	/** Every read goes to the second level. */
	BYPASS,

	/** Hits of the first level are served for a limited time, even if they are stale. */
	SERVE

}
