package io.weakref.collection;

/**
 * Weak values that the test holds, in a table about to grow.
 */
public class GrowingValues extends CallsOnTheHeld {

	public GrowingValues() {
		super(TableOperations.growing(false));
	}

}
