package io.weakref.collection;

/**
 * What the weak dictionaries, the weak set and the locks have in common. Only classes of
 * this library implement it; the dictionaries and the set may be subclassed.
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
	 * @return the name; if none was given, a generated one that is unique in this JVM
	 */
	String name();

	/**
	 * Return whether the builder was given a name.
	 * @return {@code false} if {@link #name()} was generated
	 */
	boolean isNamed();

	/**
	 * Return the number of entries in the table, in constant time. May briefly include
	 * entries that have died and are not removed yet, but none that died before the last
	 * {@link #purge()}. A result of at most 8 includes none, unless the initial capacity
	 * is above 2048 or the table has had more than 2048 entries and the cleaner has not
	 * made it smaller yet. Visits each entry instead if an entry could not be counted
	 * once, because the stack or the memory was exhausted.
	 * @return the number of entries
	 */
	int size();

	/**
	 * Count the live entries by visiting each entry.
	 * @return the number of live entries
	 */
	int liveCount();

	/**
	 * Remove, on the calling thread, the entries whose weak side has died.
	 */
	void purge();

	/**
	 * Remove every entry. Not atomic: entries that are put in the meantime may stay.
	 */
	void clear();

	/**
	 * Return whether lookups, loads and puts are counted. If not, {@link #stats()}
	 * returns zero for them.
	 * @return whether the builder was told to record statistics
	 */
	boolean isRecordingStats();

	/**
	 * Return what has been counted so far.
	 * @return the statistics
	 */
	WeakStats stats();

	/**
	 * Return how old the entries are, estimated from a sample.
	 * @return the figures of the last garbage collection of the old generation
	 */
	default WeakAges ages() {
		return WeakAges.NONE;
	}

}
