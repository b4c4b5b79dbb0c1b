package io.weakref.collection;

/**
 * Weak values that die, in a table about to grow.
 */
public class DyingValues extends CallsOnTheDying {

	public DyingValues() {
		super(TableOperations.growing(false));
	}

}
