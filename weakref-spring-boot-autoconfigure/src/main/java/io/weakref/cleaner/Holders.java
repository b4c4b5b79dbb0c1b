package io.weakref.cleaner;

import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.weakref.cleaner.CleanerInternals.Holder;
import org.jspecify.annotations.Nullable;

/**
 * Those of one cleaner that hold something now. Whoever begins to hold is added, and
 * leaves when nothing is left: where nothing is held there is nothing to wake up for.
 */
final class Holders {

	private final Set<Target> targets = ConcurrentHashMap.newKeySet();

	/** When the next call is due; of the drain thread. */
	private long dueAt;

	/** Whether to call at once, whatever is due. */
	private volatile boolean urgent;

	/**
	 * Add one that begins to hold. Any thread may.
	 * @param holder the holder, which is held weakly
	 * @param owner refers to what has the holder; only asked whether that is gone
	 */
	void add(Holder holder, WeakReference<?> owner) {
		this.targets.add(new Target(holder, owner));
		this.urgent = true;
	}

	/** A garbage collection may have taken what was held: they are to know soon. */
	void collected() {
		this.urgent = true;
	}

	boolean isEmpty() {
		return this.targets.isEmpty();
	}

	/**
	 * Have everybody let go of what is due. On the drain thread.
	 * @param now the time in nanoseconds
	 * @return how long to wait before the next call, in nanoseconds;
	 * {@link Long#MAX_VALUE} if nobody holds anything
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

	/** Have everybody let go of everything. Any thread may. */
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
	 * One holder, held weakly. Whoever reads a weak reference while a collector marks
	 * keeps its referent alive in that cycle, so the end of a holder is known by that of
	 * its owner, whose reference is asked and never read.
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
