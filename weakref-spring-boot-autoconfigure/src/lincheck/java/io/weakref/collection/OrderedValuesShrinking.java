package io.weakref.collection;

/**
 * Weak values that the test holds, with ordered keys, in a table about to shrink.
 */
public class OrderedValuesShrinking extends CallsOnTheHeld {

	public OrderedValuesShrinking() {
		super(TableOperations.ordered(true));
	}

}
