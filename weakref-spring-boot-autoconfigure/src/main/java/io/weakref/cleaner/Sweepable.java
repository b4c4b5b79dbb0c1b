package io.weakref.cleaner;

import java.lang.ref.WeakReference;
import java.util.function.Consumer;

/**
 * A hash table whose entries die and which a {@link WeakCleaner} sweeps after each
 * collection that it notices, as far as its budget goes, and samples between. For the
 * library's own collections. No method runs user code, and none waits for longer than it
 * takes another thread to change or move a bin.
 *
 * @since 0.1.0
 */
public interface Sweepable {

	/**
	 * Return the name of the collection.
	 * @return the name
	 */
	String name();

	/**
	 * Return the number of bins that the table has at present.
	 * @return the number of bins, at least 1
	 */
	int bins();

	/**
	 * Remove the dead entries from some bins.
	 * @param from the first bin
	 * @param to the bin after the last one; may lie beyond {@link #bins()}
	 * @return the number of entries removed
	 */
	int sweep(int from, int to);

	/**
	 * Called on one thread after each collection of the old generation, at the end of a
	 * sweep: look which of a sample of the entries are still there. Keeps nothing alive.
	 * @param oldCollections how many such collections there have been
	 * @return whether there are many entries and none has died for a long time
	 */
	boolean sampleAges(int oldCollections);

	/**
	 * Called now and then between sweeps, at the latest when every bin was swept, and
	 * after {@link WeakCleaner#settleSoon}: go on with a resize that is under way, shrink
	 * a table that has become too large.
	 * @param bins how many bins to move at most
	 * @return whether there is more to do, so that it is called again soon
	 */
	boolean settle(int bins);

	/**
	 * Show each entry that refers weakly to an object. Looks at every entry.
	 * @param referent the object
	 * @param action told of each entry
	 */
	void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action);

}
