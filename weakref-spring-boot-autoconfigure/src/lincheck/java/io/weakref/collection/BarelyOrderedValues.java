package io.weakref.collection;

/**
 * Weak values that are held, of keys that become ordered, and of which none may be left.
 */
public class BarelyOrderedValues extends CallsOnTheHeld {

	public BarelyOrderedValues() {
		super(TableOperations.barelyOrdered());
	}

}
