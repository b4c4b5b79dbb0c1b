package io.weakref.cleaner;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * <strong>Internal.</strong> What the packages {@code cleaner}, {@code reference} and
 * {@code collection} of this library share beyond what users see. It is public because
 * the three are separate packages. It may change or go in any release: do not use it.
 * <p>
 * All methods are static and forward to a method of the cleaner that is package-private.
 *
 * @since 0.1.0
 */
public final class CleanerInternals {

	private CleanerInternals() {
	}

	/**
	 * Return the queue for references that are a {@link QueuedReference}, or of a class
	 * that the {@link CleanerAttachment} knows.
	 * @param cleaner the cleaner
	 * @return the queue that its drain thread reads
	 */
	public static ReferenceQueue<Object> queue(WeakCleaner cleaner) {
		return cleaner.queue();
	}

	/**
	 * Run a callback on the callback executor; count it; report what it throws, and a
	 * refusal of the executor, to the error handler. Returns normally whatever happens.
	 * @param cleaner the cleaner
	 * @param source what the callback belongs to
	 * @param callback the user's code
	 */
	public static void dispatch(WeakCleaner cleaner, Object source, Runnable callback) {
		cleaner.dispatch(source, callback);
	}

	/**
	 * Run callbacks one after another on one thread of the callback executor. Each is
	 * counted and reported by itself, as by
	 * {@link #dispatch(WeakCleaner, Object, Runnable)}; a refusal of the executor is
	 * reported once for each. What the drain thread dispatches in one turn may become one
	 * task.
	 * @param cleaner the cleaner
	 * @param callbacks what to run, in this order; not changed afterwards
	 */
	public static void dispatch(WeakCleaner cleaner, List<OwnedCallback> callbacks) {
		cleaner.dispatch(callbacks);
	}

	/**
	 * Run a callback on the calling thread; count it and report what it throws, as
	 * {@link #dispatch(WeakCleaner, Object, Runnable)} does. Returns normally whatever
	 * happens.
	 * @param cleaner the cleaner
	 * @param callback what to run
	 */
	public static void run(WeakCleaner cleaner, OwnedCallback callback) {
		cleaner.run(callback);
	}

	/**
	 * Return whether finalizers that are due at exit run in {@link WeakCleaner#close()}
	 * alone.
	 * @param cleaner the cleaner
	 * @return whether {@link WeakCleaner#runFinalizersOnCloseOnly()} was called
	 */
	public static boolean runsFinalizersOnCloseOnly(WeakCleaner cleaner) {
		return cleaner.runsFinalizersOnCloseOnly();
	}

	/**
	 * Return what another package keeps for a cleaner, made when first asked for. There
	 * is one for each cleaner.
	 * @param cleaner the cleaner
	 * @param factory makes it; called at most once, must not run user code
	 * @return the one attachment of this cleaner
	 */
	public static CleanerAttachment attachment(WeakCleaner cleaner,
			Function<? super WeakCleaner, ? extends CleanerAttachment> factory) {
		return cleaner.attachment(factory);
	}

	/**
	 * Sweep a table after each garbage collection, for as long as somebody holds its
	 * owner. Of a table that is gone before the next one nothing is left.
	 * @param cleaner the cleaner
	 * @param table the table, which is held weakly
	 * @param owner refers to what has the table; only asked whether that is gone, never
	 * read, so it may be under construction
	 * @return what the table must hold for as long as it is there: else it is not swept
	 */
	public static Object register(WeakCleaner cleaner, Sweepable table, WeakReference<?> owner) {
		return cleaner.register(table, owner);
	}

	/**
	 * Have a holder let go of what is due, on the drain thread, until it holds nothing.
	 * If the cleaner is closed, or is closed later, the holder lets go of everything.
	 * @param cleaner the cleaner
	 * @param holder who has begun to hold something; held weakly
	 * @param owner refers to what has the holder; only asked whether that is gone
	 */
	public static void hold(WeakCleaner cleaner, Holder holder, WeakReference<?> owner) {
		cleaner.hold(holder, owner);
	}

	/**
	 * Start the drain thread if it does not run. To be called after something was added
	 * that {@link CleanerAttachment#isIdle()} looks at.
	 * @param cleaner the cleaner
	 */
	public static void ensureRunning(WeakCleaner cleaner) {
		cleaner.ensureRunning();
	}

	/**
	 * Have {@link Sweepable#settle} called on the drain thread soon.
	 * @param cleaner the cleaner
	 * @param table the table
	 * @return {@code false} if there is no drain thread to do it
	 */
	public static boolean settleSoon(WeakCleaner cleaner, Sweepable table) {
		return cleaner.settleSoon(table);
	}

	/**
	 * Count entries that were removed because their weak side had died.
	 * @param cleaner the cleaner
	 * @param entries how many
	 */
	public static void countPurged(WeakCleaner cleaner, long entries) {
		cleaner.countPurged(entries);
	}

	/**
	 * Show each collection entry, of every cleaner, that refers weakly to an object.
	 * Looks at every entry of every collection: a diagnostic.
	 * @param referent the object
	 * @param action told of each entry
	 */
	public static void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		WeakCleaner.forEachEntry(referent, action);
	}

	/**
	 * A hash table whose entries die and which a {@link WeakCleaner} sweeps after each
	 * collection that it notices, as far as its budget goes, and samples between. No
	 * method runs user code, and none waits for longer than it takes another thread to
	 * change or move a bin.
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
		 * Called on one thread after each collection of the old generation, at the end of
		 * a sweep: look which of a sample of the entries are still there. Keeps nothing
		 * alive.
		 * @param oldCollections how many such collections there have been
		 * @return whether there are many entries and none has died for a long time
		 */
		boolean sampleAges(int oldCollections);

		/**
		 * Called now and then between sweeps, at the latest when every bin was swept, and
		 * after {@link CleanerInternals#settleSoon}: go on with a resize that is under
		 * way, shrink a table that has become too large.
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

	/**
	 * Holds objects for a while after their last use. While it holds something, the drain
	 * thread of its {@link WeakCleaner} has it let go of what is due. No method runs user
	 * code.
	 */
	public interface Holder {

		/**
		 * Let go of some of what was not used for long enough. Called on one thread.
		 * @return how long to wait before the next call, in nanoseconds: 0 to be called
		 * again as soon as others have had their turn, {@link Long#MAX_VALUE} if nothing
		 * is held, so that it is not called any more
		 */
		long letGo();

		/**
		 * Let go of everything.
		 */
		void letGoAll();

	}

	/**
	 * A reference that wants to know when it comes off a cleaner's queue.
	 */
	public interface QueuedReference {

		/**
		 * Called once on the drain thread after the referent was cleared. Must not block,
		 * run user code or throw; callbacks go to {@link CleanerInternals#dispatch}.
		 */
		void onCleared();

	}

	/**
	 * What a cleaner keeps for another package; it lives and ends with a
	 * {@link WeakCleaner}.
	 */
	public interface CleanerAttachment {

		/**
		 * Called by {@link WeakCleaner#close()} on its thread before the drain thread
		 * ends, more than once. May run user code; must not throw.
		 */
		void beforeClose();

		/**
		 * Called on the drain thread with a reference that has come off the cleaner's
		 * queue, is no {@link QueuedReference} and does not belong to the cleaner itself.
		 * Must not block, run user code or throw; callbacks go to
		 * {@link CleanerInternals#dispatch}.
		 * @param reference the reference, whose referent was cleared
		 */
		default void onCleared(Reference<?> reference) {
		}

		/**
		 * Called on the drain thread of the shared cleaner when it has had nothing to do
		 * for a while. Must not run user code or throw.
		 * @return whether nothing is left that needs it; if so, it may end
		 */
		default boolean isIdle() {
			return false;
		}

	}

	/**
	 * One callback among several that
	 * {@link CleanerInternals#dispatch(WeakCleaner, List)} runs one after another.
	 *
	 * @param source what the callback belongs to: told to the error handler
	 * @param action the user's code
	 */
	public record OwnedCallback(Object source, Runnable action) {
	}

}
