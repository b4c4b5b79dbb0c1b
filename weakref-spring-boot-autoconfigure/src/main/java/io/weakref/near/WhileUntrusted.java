package io.weakref.near;

/**
 * What a near cache does with its first level while changes may go unnoticed.
 */
public enum WhileUntrusted {

	/** Every read goes to the second level. */
	BYPASS,

	/** Hits of the first level are served for a while, stale or not. */
	SERVE

}
