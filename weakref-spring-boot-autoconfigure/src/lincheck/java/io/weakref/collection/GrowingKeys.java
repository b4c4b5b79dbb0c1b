package io.weakref.collection;

/**
 * Weak keys that are held, in a table about to grow.
 */
public class GrowingKeys extends CallsOnTheHeld {

	public GrowingKeys() {
		super(TableOperations.growing(true));
	}

}
