package io.weakref.reference;

/**
 * What a weak collection does with a referent that never dies or dies immediately.
 *
 * @since 0.1.0
 */
public enum ReferentPolicy {

	/** Accept every referent silently. */
	LENIENT,

	/** Log one line for each class and weak collection, and accept the referent. */
	WARN,

	/** Refuse the referent with a {@link NotReferenceableException}. */
	STRICT

}
