package io.weakref.collection;

/**
 * What the weak dictionaries and the weak set have in common.
 */
public interface WeakCollection {

	/**
	 * Return the name given to the builder.
	 * @return the name; where none was given, one that is made up and unique in this JVM
	 */
	String name();

	/**
	 * Return the number of entries in the table, in constant time. May for moments count
	 * an entry that died and is not removed yet; never does right after {@link #purge()}.
	 * @return the number of entries
	 */
	int size();

	/**
	 * Count the live entries by looking at each one.
	 * @return the number of live entries
	 */
	int liveCount();

	/**
	 * Remove now the entries whose weak side has died.
	 */
	void purge();

	/**
	 * Remove every entry. Not atomic: entries put meanwhile may stay.
	 */
	void clear();

	/**
	 * Return what was counted so far.
	 * @return the statistics
	 */
	WeakStats stats();

	/**
	 * Return how old the entries are, as far as a sample tells.
	 * @return the figures of the last old garbage collection
	 */
	default WeakAges ages() {
		return WeakAges.NONE;
	}

}
