package io.weakref.retention;

/**
 * The layout of a weak collection in the heap: every name of a class or a field of this
 * library that a search depends on. A test reads a real dump with these names and fails
 * if one is changed on one side only.
 */
final class WeakTableNames {

	/** The table of a collection. */
	static final String TABLE = "io.weakref.collection.WeakTable";

	static final String TABLE_NAME = "name";

	/** The array of nodes. */
	static final String TABLE_BINS = "table";

	/** Whether the keys are weak. Otherwise the values are. */
	static final String TABLE_WEAK_KEYS = "weakKeys";

	/**
	 * An entry, which is the weak reference to its weak side. A node of a subclass
	 * without a referent is not an entry; the nodes in arrays to which it refers are
	 * entries of the same table.
	 */
	static final String NODE = "io.weakref.collection.Node";

	static final String NODE_NEXT = "next";

	static final String NODE_STRONG = "strong";

	/** An entry whose weak side is a lock. */
	static final String LOCK_NODE = "io.weakref.collection.LockNode";

	/** Refers to the lock while a thread holds it. */
	static final String LOCK_PIN = "pin";

	/** Refers to the values that a collection itself holds. */
	static final String HELD_VALUES = "io.weakref.collection.HeldValues$Values";

	/** A load of a near cache, which refers to its result until the load has ended. */
	static final String NEAR_CACHE_LOAD = "io.weakref.near.Flight";

	private static final String PREFIX = "io.weakref.";

	private WeakTableNames() {
	}

	static boolean isOfThisLibrary(String className) {
		return className.startsWith(PREFIX);
	}

}
