package io.weakref.near;

/**
 * What a near cache does with its first level while changes may go unnoticed.
 *
 * @since 0.1.0
 */
public enum WhileUntrusted {

	/** Every read goes to the second level. */
	BYPASS,

	/** Hits of the first level are served for a while, stale or not. */
	SERVE

}
