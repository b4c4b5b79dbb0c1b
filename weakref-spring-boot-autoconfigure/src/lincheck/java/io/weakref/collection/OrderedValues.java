package io.weakref.collection;

/**
 * Weak values that the test holds, with ordered keys, in a table about to grow.
 */
public class OrderedValues extends CallsOnTheHeld {

	public OrderedValues() {
		super(TableOperations.ordered(false));
	}

}
