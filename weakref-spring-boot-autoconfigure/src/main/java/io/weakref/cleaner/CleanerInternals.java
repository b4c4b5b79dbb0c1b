package io.weakref.cleaner;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * <strong>Internal.</strong> What the packages {@code cleaner}, {@code reference} and
 * {@code collection} of this library share in addition to the public API. It is public
 * only because these are separate packages. It may change or be removed in any release:
 * do not use it.
 * <p>
 * All methods are static and call a package-private method of the cleaner.
 *
 * @since 0.1.0
 */
public final class CleanerInternals {

	private CleanerInternals() {
	}

	/**
	 * Return the queue for references that are a {@link QueuedReference} or that the
	 * {@link CleanerAttachment} handles.
	 * @param cleaner the cleaner
	 * @return the queue that its drain thread reads
	 */
	public static ReferenceQueue<Object> queue(WeakCleaner cleaner) {
		return cleaner.queue();
	}

	/**
	 * Run a callback on the callback executor and count it. What it throws, or the
	 * executor throws to refuse it, is reported to the error handler. Always returns
	 * normally.
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
	 * {@link #dispatch(WeakCleaner, Object, Runnable)}; if the executor refuses them,
	 * that is reported for each of them. What the drain thread dispatches in one turn may
	 * be combined into one task.
	 * @param cleaner the cleaner
	 * @param callbacks what to run, in this order; must not be modified afterwards
	 */
	public static void dispatch(WeakCleaner cleaner, List<OwnedCallback> callbacks) {
		cleaner.dispatch(callbacks);
	}

	/**
	 * Run a callback on the calling thread, and count and report it as
	 * {@link #dispatch(WeakCleaner, Object, Runnable)} does. Always returns normally.
	 * @param cleaner the cleaner
	 * @param callback what to run
	 */
	public static void run(WeakCleaner cleaner, OwnedCallback callback) {
		cleaner.run(callback);
	}

	/**
	 * Return whether finalizers that are due at exit run in {@link WeakCleaner#close()}
	 * only.
	 * @param cleaner the cleaner
	 * @return whether {@link WeakCleaner#runFinalizersOnCloseOnly()} was called
	 */
	public static boolean runsFinalizersOnCloseOnly(WeakCleaner cleaner) {
		return cleaner.runsFinalizersOnCloseOnly();
	}

	/**
	 * Return the attachment of a cleaner, which is the state that another package keeps
	 * for it. It is created by the first call; each cleaner has exactly one.
	 * @param cleaner the cleaner
	 * @param factory creates it; called at most once, must not run user code
	 * @return the attachment of this cleaner
	 */
	public static CleanerAttachment attachment(WeakCleaner cleaner,
			Function<? super WeakCleaner, ? extends CleanerAttachment> factory) {
		return cleaner.attachment(factory);
	}

	/**
	 * Register a table, to be swept after each garbage collection as long as its owner is
	 * alive. A table that dies before the next garbage collection leaves nothing behind.
	 * @param cleaner the cleaner
	 * @param table the table, which is held weakly
	 * @param owner refers to the owner of the table; only tested whether that has died,
	 * never read, so the owner may be under construction
	 * @return the registration, which the table must hold throughout its life; otherwise
	 * it is not swept
	 */
	public static Object register(WeakCleaner cleaner, Sweepable table, WeakReference<?> owner) {
		return cleaner.register(table, owner);
	}

	/**
	 * Make the drain thread call {@link Holder#letGo()} until the holder holds nothing.
	 * When the cleaner is closed, or if it is closed already, the holder lets go of
	 * everything.
	 * @param cleaner the cleaner
	 * @param holder the holder that has begun to hold something; held weakly
	 * @param owner refers to the owner of the holder; only tested whether that has died
	 */
	public static void hold(WeakCleaner cleaner, Holder holder, WeakReference<?> owner) {
		cleaner.hold(holder, owner);
	}

	/**
	 * Start the drain thread if it is not running. To be called after something was added
	 * that {@link CleanerAttachment#isIdle()} takes into account.
	 * @param cleaner the cleaner
	 */
	public static void ensureRunning(WeakCleaner cleaner) {
		cleaner.ensureRunning();
	}

	/**
	 * Make the drain thread call {@link Sweepable#settle} soon.
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
	 * Find the entries of all weak collections, of all cleaners, that refer weakly to an
	 * object. A diagnostic: it examines every entry of every known weak collection.
	 * @param referent the object
	 * @param action called with each entry
	 */
	public static void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		WeakCleaner.forEachEntry(referent, action);
	}

	/**
	 * A hash table whose entries can die. A {@link WeakCleaner} sweeps it after each
	 * garbage collection that it notices, as far as its budget allows, and samples it in
	 * between. No method runs user code, and no method waits longer than another thread
	 * takes to change or move a bin.
	 */
	public interface Sweepable {

		/**
		 * Return the name of the weak collection.
		 * @return the name
		 */
		String name();

		/**
		 * Return the current number of bins.
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
		 * Check which entries of a sample are still there. Called on one thread after
		 * each garbage collection of the old generation, at the end of a sweep. Keeps
		 * nothing alive.
		 * @param oldCollections how many such garbage collections there have been
		 * @return whether there are many entries and none has died for a long time
		 */
		boolean sampleAges(int oldCollections);

		/**
		 * Continue a resize that is in progress, or shrink a table that has become too
		 * large. Called now and then between sweeps, at the latest when every bin was
		 * swept, and after {@link CleanerInternals#settleSoon}.
		 * @param bins the maximum number of bins to move
		 * @return whether there is more to do, so that this is to be called again soon
		 */
		boolean settle(int bins);

		/**
		 * Find the entries that refer weakly to an object. Examines every entry.
		 * @param referent the object
		 * @param action called with each entry
		 */
		void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action);

	}

	/**
	 * Holds objects for a while after their last use. While it holds something, the drain
	 * thread of its {@link WeakCleaner} calls it to let go of what is due. No method runs
	 * user code.
	 */
	public interface Holder {

		/**
		 * Let go of some of the objects that were not used for long enough. Called on one
		 * thread.
		 * @return how long to wait before the next call, in nanoseconds: 0 to be called
		 * again as soon as other holders have had their turn; {@link Long#MAX_VALUE} if
		 * nothing is held, so that this is not called any more
		 */
		long letGo();

		/**
		 * Let go of everything.
		 */
		void letGoAll();

	}

	/**
	 * A reference that is notified when it is taken off a cleaner's queue.
	 */
	public interface QueuedReference {

		/**
		 * Called once on the drain thread after the referent was cleared. Must not block,
		 * run user code or throw; callbacks go to {@link CleanerInternals#dispatch}.
		 */
		void onCleared();

	}

	/**
	 * The state that another package keeps for a {@link WeakCleaner}. It lives as long as
	 * the cleaner.
	 */
	public interface CleanerAttachment {

		/**
		 * Called by {@link WeakCleaner#close()} on the closing thread before the drain
		 * thread ends, possibly more than once. May run user code; must not throw.
		 */
		void beforeClose();

		/**
		 * Called on the drain thread with a reference from the cleaner's queue that is
		 * not a {@link QueuedReference} and does not belong to the cleaner itself. Must
		 * not block, run user code or throw; callbacks go to
		 * {@link CleanerInternals#dispatch}.
		 * @param reference the reference, whose referent was cleared
		 */
		default void onCleared(Reference<?> reference) {
		}

		/**
		 * Called on the drain thread of the shared cleaner when it has had nothing to do
		 * for a while. Must not run user code or throw.
		 * @return whether nothing here needs the drain thread, so that it may end
		 */
		default boolean isIdle() {
			return false;
		}

	}

	/**
	 * One callback among several that
	 * {@link CleanerInternals#dispatch(WeakCleaner, List)} runs one after another.
	 *
	 * @param source what the callback belongs to; passed to the error handler
	 * @param action the user's code
	 */
	public record OwnedCallback(Object source, Runnable action) {
	}

}
