package io.weakref.cleaner;

import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.weakref.cleaner.CleanerInternals.Holder;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Holder}s of one cleaner that hold something now. A holder is added when it
 * begins to hold something and removed when it holds nothing, so that the drain thread
 * does not wake up if nothing is held.
 * <p>
 * The drain thread calls the holders in passes. A pass calls each holder once and may
 * take several turns, between which the drain thread takes references off its queue.
 */
final class Holders {

	/** How long {@link #run} may take, apart from the last holder that it calls. */
	static final long TURN_NANOS = 1_000_000L;

	private final Set<Target> targets = ConcurrentHashMap.newKeySet();

	private final LongSupplier nanoTime;

	/** When the next pass is due. Used by the drain thread only. */
	private long dueAt;

	/**
	 * Whether to call all holders at the next opportunity, even before {@link #dueAt}.
	 */
	private volatile boolean urgent;

	/**
	 * The holders that the current pass has yet to call; {@code null} between two passes.
	 * Used by the drain thread only.
	 */
	private @Nullable Iterator<Target> pass;

	/** When the current pass began. Used by the drain thread only. */
	private long passStart;

	/**
	 * When the first of the holders that the current pass has called is to be called
	 * again, counted from the start of the pass; {@link Long#MAX_VALUE} for never. Used
	 * by the drain thread only.
	 */
	private long dueAfter;

	/**
	 * Create an instance without holders.
	 * @param nanoTime the clock, in nanoseconds
	 */
	Holders(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

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
	 * Make holders let go of what is due, until the time of this turn is over. The next
	 * turn continues with the next holder. Called on the drain thread.
	 * @return how long to wait before the next call, in nanoseconds; 0 if there is more
	 * to do; {@link Long#MAX_VALUE} if nothing is held
	 */
	long run() {
		long now = this.nanoTime.getAsLong();
		Iterator<Target> pass = this.pass;
		if (pass == null) {
			if (this.targets.isEmpty()) {
				return Long.MAX_VALUE;
			}
			if (!this.urgent && this.dueAt - now > 0) {
				return this.dueAt - now;
			}
			this.urgent = false;
			this.passStart = now;
			this.dueAfter = Long.MAX_VALUE;
			pass = this.targets.iterator();
			this.pass = pass;
		}
		long until = now + TURN_NANOS;
		while (pass.hasNext()) {
			if (now - until >= 0) {
				return 0;
			}
			now = callNext(pass);
		}
		this.pass = null;
		this.dueAt = this.passStart + this.dueAfter;
		if (this.urgent) {
			// Since this pass began. It may have called some holders before that.
			return 0;
		}
		return (this.dueAfter != Long.MAX_VALUE) ? Math.max(0, this.dueAt - now) : Long.MAX_VALUE;
	}

	/**
	 * Call the next holder of a pass.
	 * @return the time after that, in nanoseconds
	 */
	private long callNext(Iterator<Target> pass) {
		Holder holder = pass.next().holder();
		long wait = 0;
		long now;
		try {
			wait = (holder != null) ? holder.letGo() : Long.MAX_VALUE;
		}
		finally {
			now = this.nanoTime.getAsLong();
			if (wait != Long.MAX_VALUE) {
				this.dueAfter = Math.min(this.dueAfter, now - this.passStart + wait);
			}
		}
		if (wait == Long.MAX_VALUE) {
			pass.remove();
		}
		return now;
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
