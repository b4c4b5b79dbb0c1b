package io.weakref.reference;

/**
 * What a collection does with a referent that can never die or dies immediately.
 *
 * @since 0.1.0
 */
public enum ReferentPolicy {

	/** Take every referent without a word. */
	LENIENT,

	/** Log one line for each class and collection, and take the referent. */
	WARN,

	/** Refuse the referent with a {@link NotReferenceableException}. */
	STRICT

}
