package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Decides when the tables of one cleaner are swept, and how much of them.
 *
 * <h2>Noticing a collection</h2>
 *
 * Entries are on no reference queue: one <em>canary</em>, a weak reference to an object
 * that nobody holds, is. The first collection that begins after it was made clears it,
 * and it arrives on the queue. A collection that had begun before (a concurrent cycle
 * that clears old referents seconds after the pause that the canary announced) does not;
 * so for {@value #FOLLOW_UP_SECONDS} seconds after each collection noticed the tables are
 * looked at again twice a second, within the budget below. In an application that does
 * not collect, the drain thread sleeps.
 *
 * <h2>Budget</h2>
 *
 * Looking at an entry that lives is wasted work, so the time for it comes from an account
 * that grows by {@code 1/100} of the time that passes, up to {@code MAX_CREDIT}. Each
 * dead entry found pays {@code NANOS_PER_DEAD} in: where many died the sweep runs to the
 * end of the table at once; where none did, it stops when the account is empty and goes
 * on later. The first slice of a table is the sample that tells the two apart, because
 * hashes spread the dead over all bins alike. Every table that is owed a round gets one
 * slice before any gets a second, so a large one does not hold up the small.
 *
 * <p>
 * All state but {@link #targets} and {@link #settling} belongs to the drain thread.
 */
final class Sweeper {

	static final int FOLLOW_UP_SECONDS = 10;

	private static final long FOLLOW_UP_NANOS = FOLLOW_UP_SECONDS * 1_000_000_000L;

	private static final long FOLLOW_UP_INTERVAL_NANOS = 500_000_000L;

	/** Bins in one slice: some ten microseconds where nothing died. */
	private static final int SLICE = 1024;

	/** What may be saved up: a full round over 1.5 million live entries. */
	private static final long MAX_CREDIT_NANOS = 20_000_000L;

	private static final int SHARE_OF_TIME = 100;

	private static final long NANOS_PER_DEAD = 1_000L;

	/**
	 * What a slice costs at most, whatever the clock says: a drain thread that lost its
	 * core in the middle of a slice has not used it.
	 */
	private static final long MAX_SLICE_NANOS = 100_000L;

	/** How long {@link #run} may take before the queue is looked at again. */
	private static final long TURN_NANOS = 1_000_000L;

	/** How many references the drain thread handles between two calls of {@link #run}. */
	static final int TURN_REFERENCES = 1024;

	private static final long PAUSE_NANOS = 10_000_000L;

	private final Set<Target> targets = ConcurrentHashMap.newKeySet();

	private final Queue<Sweepable> settling = new ConcurrentLinkedQueue<>();

	private final ReferenceQueue<Object> queue;

	private @Nullable Canary canary;

	private long credit = MAX_CREDIT_NANOS;

	private long accruedAt = System.nanoTime();

	private long collectedAt;

	private long followUpAt;

	private boolean followUp;

	/** Counts the times that every table was owed a round. */
	private long round;

	/** Where the present pass over the targets is: one slice for each that is owed. */
	private Iterator<Target> pass = Collections.emptyIterator();

	/** Whether the present pass, or the one before it began, left something to do. */
	private boolean owing;

	private final String cleaner;

	Sweeper(String cleaner, ReferenceQueue<Object> queue) {
		this.cleaner = cleaner;
		this.queue = queue;
	}

	void add(Sweepable table) {
		this.targets.add(new Target(table));
	}

	void settleSoon(Sweepable table) {
		this.settling.add(table);
	}

	/**
	 * Sweep every table from end to end, on the calling thread.
	 */
	void purge() {
		forEachTable((table) -> {
			long start = System.nanoTime();
			int dead = table.sweep(0, Integer.MAX_VALUE);
			table.settle();
			FlightRecord.purged(this.cleaner, table, dead, System.nanoTime() - start);
		});
	}

	void forEachTable(Consumer<? super Sweepable> action) {
		for (Target target : this.targets) {
			Sweepable table = target.get();
			if (table != null) {
				action.accept(table);
			}
		}
	}

	/** A collection was noticed: every table is owed a round. */
	void collected() {
		this.canary = null;
		this.collectedAt = System.nanoTime();
		this.followUp = true;
		oweRound(this.collectedAt);
	}

	private void oweRound(long now) {
		this.followUpAt = now + FOLLOW_UP_INTERVAL_NANOS;
		this.round++;
		this.owing = true;
	}

	/**
	 * Do what is due, for about a millisecond at most.
	 * @return how long to wait before the next call, in nanoseconds; 0 to be called at
	 * once, {@link Long#MAX_VALUE} to be called when there is news
	 */
	long run() {
		if (this.canary == null && !this.targets.isEmpty()) {
			if (!this.followUp) {
				// Nobody would have told of a collection since the first table was made.
				collected();
			}
			this.canary = new Canary(this.queue);
		}
		for (Sweepable table = this.settling.poll(); table != null; table = this.settling.poll()) {
			table.settle();
		}
		long now = System.nanoTime();
		if (this.followUp && now - this.followUpAt >= 0) {
			this.followUp = now - this.collectedAt < FOLLOW_UP_NANOS;
			oweRound(now);
		}
		if (!this.owing) {
			return this.followUp ? Math.max(1, this.followUpAt - now) : Long.MAX_VALUE;
		}
		this.credit = Math.min(MAX_CREDIT_NANOS, this.credit + (now - this.accruedAt) / SHARE_OF_TIME);
		this.accruedAt = now;
		return sweep(now + TURN_NANOS);
	}

	private long sweep(long until) {
		while (true) {
			if (!this.pass.hasNext()) {
				if (!this.owing) {
					return 0;
				}
				this.owing = false;
				this.pass = this.targets.iterator();
			}
			while (this.pass.hasNext()) {
				Target target = this.pass.next();
				Sweepable table = target.get();
				if (table == null) {
					this.targets.remove(target);
					continue;
				}
				while (target.isOwed(this.round)) {
					this.owing = true;
					if (this.credit <= 0) {
						return PAUSE_NANOS;
					}
					long start = System.nanoTime();
					int dead = target.sweepSlice(table);
					long end = System.nanoTime();
					target.account(this.cleaner, table, dead, end - start);
					long earned = dead * NANOS_PER_DEAD;
					long spent = Math.min(end - start, MAX_SLICE_NANOS);
					this.credit = Math.min(MAX_CREDIT_NANOS, this.credit - spent + earned);
					if (end - until >= 0) {
						return 0;
					}
					if (earned < spent) {
						break;
					}
				}
			}
		}
	}

	/**
	 * One table, and how far the round over it has come. Holds the table weakly: a
	 * collection dies before its referents without a word.
	 */
	private static final class Target extends WeakReference<Sweepable> {

		private long round;

		private int bins;

		private int next;

		/** Bins to look at before the round is complete, wherever it began. */
		private int remaining;

		private long roundDead;

		private long roundNanos;

		Target(Sweepable table) {
			super(table);
		}

		/**
		 * Whether bins remain. A new round goes on where the last one is: begun at bin 0
		 * each time, frequent collections would keep it from ever reaching the end.
		 */
		boolean isOwed(long round) {
			if (this.round != round) {
				this.round = round;
				this.remaining = Integer.MAX_VALUE;
			}
			return this.remaining > 0;
		}

		int sweepSlice(Sweepable table) {
			int present = table.bins();
			if (present != this.bins) {
				this.bins = present;
				this.next = 0;
				this.remaining = present;
			}
			int end = Math.min(present, this.next + SLICE);
			int dead = table.sweep(this.next, end);
			this.remaining = Math.min(this.remaining, present) - (end - this.next);
			this.next = (end < present) ? end : 0;
			// At the end of the table, too: where collections come faster than rounds, no
			// round is ever complete.
			if (this.remaining <= 0 || this.next == 0) {
				table.settle();
			}
			return dead;
		}

		/** Add a slice to the sum of its round, which is recorded at the end. */
		void account(String cleaner, Sweepable table, int dead, long nanos) {
			this.roundDead += dead;
			this.roundNanos += nanos;
			if (this.remaining <= 0) {
				FlightRecord.purged(cleaner, table, this.roundDead, this.roundNanos);
				this.roundDead = 0;
				this.roundNanos = 0;
			}
		}

	}

	/** Cleared by the first collection that begins after it was made. */
	static final class Canary extends WeakReference<Object> {

		Canary(ReferenceQueue<Object> queue) {
			super(new Object(), queue);
		}

	}

}
