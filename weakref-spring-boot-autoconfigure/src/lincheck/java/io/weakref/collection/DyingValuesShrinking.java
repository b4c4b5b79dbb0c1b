package io.weakref.collection;

/**
 * Weak values that die, in a table about to shrink.
 */
public class DyingValuesShrinking extends CallsOnTheDying {

	public DyingValuesShrinking() {
		super(TableOperations.shrinking(false));
	}

}
