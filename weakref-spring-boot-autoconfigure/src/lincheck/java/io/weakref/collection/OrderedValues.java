package io.weakref.collection;

/**
 * Weak values that are held, of keys that are ordered, in a table about to grow.
 */
public class OrderedValues extends CallsOnTheHeld {

	public OrderedValues() {
		super(TableOperations.ordered(false));
	}

}
