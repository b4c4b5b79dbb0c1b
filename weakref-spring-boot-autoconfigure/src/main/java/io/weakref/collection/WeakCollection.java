package io.weakref.collection;

/**
 * What the weak dictionaries, the weak set and the locks have in common. The classes of
 * this library are the only ones; the dictionaries and the set may be subclassed.
 *
 * @since 0.1.0
 */
public sealed interface WeakCollection permits WeakDictionary, WeakSet, WeakLocks {

	/**
	 * Return which kind of collection this is.
	 * @return the kind
	 */
	WeakCacheKind kind();

	/**
	 * Return the name given to the builder.
	 * @return the name; where none was given, one that is made up and unique in this JVM
	 */
	String name();

	/**
	 * Return whether the builder was given a name, or one was made up.
	 * @return whether {@link #name()} is what somebody chose
	 */
	boolean isNamed();

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
	 * Return whether lookups, loads and puts are counted. Where they are not,
	 * {@link #stats()} has zeros in their place.
	 * @return whether the builder was told to record statistics
	 */
	boolean isRecordingStats();

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
