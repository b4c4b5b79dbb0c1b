package io.weakref.collection;

/**
 * Weak keys that the test holds, in a table about to grow.
 */
public class GrowingKeys extends CallsOnTheHeld {

	public GrowingKeys() {
		super(TableOperations.growing(true));
	}

}
