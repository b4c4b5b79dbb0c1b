package io.weakref.collection;

/**
 * Weak values that the test holds, with keys that become ordered and of which all may be
 * removed.
 */
public class BarelyOrderedValues extends CallsOnTheHeld {

	public BarelyOrderedValues() {
		super(TableOperations.barelyOrdered());
	}

}
