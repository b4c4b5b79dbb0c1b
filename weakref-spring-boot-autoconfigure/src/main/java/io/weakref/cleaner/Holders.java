package io.weakref.cleaner;

import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.weakref.cleaner.CleanerInternals.Holder;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Holder}s of one cleaner that hold something now. A holder is added when it
 * begins to hold something and removed when it holds nothing, so that the drain thread
 * does not wake up if nothing is held.
 */
final class Holders {

	private final Set<Target> targets = ConcurrentHashMap.newKeySet();

	/** When the next call is due. Used by the drain thread only. */
	private long dueAt;

	/**
	 * Whether to call all holders at the next opportunity, even before {@link #dueAt}.
	 */
	private volatile boolean urgent;

	/**
	 * Add a holder that begins to hold something. Called by any thread.
	 * @param holder the holder, which is held weakly
	 * @param owner refers to the owner of the holder; only tested whether that has died
	 */
	void add(Holder holder, WeakReference<?> owner) {
		this.targets.add(new Target(holder, owner));
		this.urgent = true;
	}

	/** A garbage collection may have cleared what was held: call the holders soon. */
	void collected() {
		this.urgent = true;
	}

	boolean isEmpty() {
		return this.targets.isEmpty();
	}

	/**
	 * Make all holders let go of what is due. Called on the drain thread.
	 * @param now the time in nanoseconds
	 * @return how long to wait before the next call, in nanoseconds;
	 * {@link Long#MAX_VALUE} if nothing is held
	 */
	long run(long now) {
		if (this.targets.isEmpty()) {
			return Long.MAX_VALUE;
		}
		if (!this.urgent && this.dueAt - now > 0) {
			return this.dueAt - now;
		}
		this.urgent = false;
		long wait = Long.MAX_VALUE;
		for (Iterator<Target> it = this.targets.iterator(); it.hasNext();) {
			Holder holder = it.next().holder();
			long each = (holder != null) ? holder.letGo() : Long.MAX_VALUE;
			if (each == Long.MAX_VALUE) {
				it.remove();
			}
			wait = Math.min(wait, each);
		}
		this.dueAt = now + wait;
		return wait;
	}

	/** Make all holders let go of everything. Called by any thread. */
	void letGoAll() {
		for (Iterator<Target> it = this.targets.iterator(); it.hasNext();) {
			Holder holder = it.next().holder();
			if (holder != null) {
				holder.letGoAll();
			}
			it.remove();
		}
	}

	/**
	 * One holder, held weakly. Reading a weak reference while a garbage collector marks
	 * concurrently keeps its referent alive in that cycle. Therefore the death of the
	 * owner is what counts, and the reference to the owner is only tested by
	 * {@code refersTo} and never read.
	 */
	private static final class Target extends WeakReference<Holder> {

		private final WeakReference<?> owner;

		Target(Holder holder, WeakReference<?> owner) {
			super(holder);
			this.owner = owner;
		}

		@Nullable Holder holder() {
			return this.owner.refersTo(null) ? null : get();
		}

	}

}
