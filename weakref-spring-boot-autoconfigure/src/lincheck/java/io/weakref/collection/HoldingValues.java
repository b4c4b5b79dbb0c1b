package io.weakref.collection;

/**
 * Weak values that the table holds for a while, in a table about to grow.
 */
public class HoldingValues extends CallsOnTheHeld {

	public HoldingValues() {
		super(TableOperations.holding(false));
	}

}
