package io.weakref.collection;

/**
 * Weak values that are held, of keys that are ordered, in a table about to shrink.
 */
public class OrderedValuesShrinking extends CallsOnTheHeld {

	public OrderedValuesShrinking() {
		super(TableOperations.ordered(true));
	}

}
