package io.weakref.cache;

/**
 * A load of one key.
 */
abstract class Load {

	final Object key;

	/** The hash of the key as it was when the load began, whatever the key says later. */
	final int hash;

	Load(Object key) {
		this.key = key;
		this.hash = key.hashCode();
	}

	/** Whether this load is of no concern to anybody who comes now. */
	abstract boolean isOver();

}
