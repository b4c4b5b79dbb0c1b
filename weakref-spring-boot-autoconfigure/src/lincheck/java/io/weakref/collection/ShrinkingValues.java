package io.weakref.collection;

/**
 * Weak values that the test holds, in a table about to shrink.
 */
public class ShrinkingValues extends CallsOnTheHeld {

	public ShrinkingValues() {
		super(TableOperations.shrinking(false));
	}

}
