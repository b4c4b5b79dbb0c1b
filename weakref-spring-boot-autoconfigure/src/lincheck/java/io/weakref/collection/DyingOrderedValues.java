package io.weakref.collection;

/**
 * Weak values that die, with ordered keys, in a table about to grow.
 */
public class DyingOrderedValues extends CallsOnTheDying {

	public DyingOrderedValues() {
		super(TableOperations.ordered(false));
	}

}
