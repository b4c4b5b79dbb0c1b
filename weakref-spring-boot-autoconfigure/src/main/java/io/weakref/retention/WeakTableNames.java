package io.weakref.retention;

/**
 * How a weak collection lies in the heap: every name of a class or a field of this
 * library that a search depends on. A test reads a real dump with them, so that nobody
 * changes one on one side only.
 */
final class WeakTableNames {

	/** The table of a collection. */
	static final String TABLE = "io.weakref.collection.WeakTable";

	static final String TABLE_NAME = "name";

	/** The array of nodes. */
	static final String TABLE_BINS = "table";

	/** Whether the keys are weak; the values are otherwise. */
	static final String TABLE_WEAK_KEYS = "weakKeys";

	/**
	 * An entry, the weak reference to its weak side. Subclasses without a referent are no
	 * entries; what they have in arrays of nodes are entries of the same table.
	 */
	static final String NODE = "io.weakref.collection.Node";

	static final String NODE_NEXT = "next";

	static final String NODE_STRONG = "strong";

	/** An entry whose weak side is a lock. */
	static final String LOCK_NODE = "io.weakref.collection.LockNode";

	/** The lock while a thread holds it. */
	static final String LOCK_PIN = "pin";

	/** The values that a collection holds itself. */
	static final String HELD_VALUES = "io.weakref.collection.HeldValues$Values";

	/** A load of a near cache, which has its result until it has ended. */
	static final String NEAR_CACHE_LOAD = "io.weakref.near.Flight";

	private static final String PREFIX = "io.weakref.";

	private WeakTableNames() {
	}

	static boolean isOfThisLibrary(String className) {
		return className.startsWith(PREFIX);
	}

}
