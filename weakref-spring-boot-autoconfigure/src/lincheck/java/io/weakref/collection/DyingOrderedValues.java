package io.weakref.collection;

/**
 * Weak values that die, of keys that are ordered, in a table about to grow.
 */
public class DyingOrderedValues extends CallsOnTheDying {

	public DyingOrderedValues() {
		super(TableOperations.ordered(false));
	}

}
