package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.weakref.cleaner.CleanerInternals.Sweepable;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the tables of one cleaner are swept, and how many bins at a time.
 *
 * <h2>Noticing a garbage collection</h2>
 *
 * Entries are not registered with a reference queue. Only one <em>canary</em> is, a weak
 * reference to an object that nothing else refers to. The first garbage collection that
 * examines the canary clears it, and it arrives on the queue. Two kinds of garbage
 * collections escape it: one that had begun before the canary was created (a concurrent
 * cycle may clear old referents seconds after the pause that cleared the canary), and one
 * of the old generation alone while the canary is young (generational ZGC). Therefore,
 * twice a second, in a <em>tick</em>,
 * <ul>
 * <li>for {@value #FOLLOW_UP_SECONDS} seconds after each garbage collection that was
 * noticed, the tables are swept again, within the budget below;</li>
 * <li>the JVM's own count of garbage collections is read, see {@link JvmCounter};</li>
 * <li>if neither gives a reason to sweep, one slice of each table is swept, which is the
 * whole table if it is small, and the whole table also if the number of its bins has
 * changed. A dead entry that is found in this way counts as a noticed garbage
 * collection.</li>
 * </ul>
 * A tick costs some microseconds and one slice per table. If there is no table, the drain
 * thread sleeps.
 *
 * <h2>Knowing the tables</h2>
 *
 * In a program that creates many weak collections, most of them die before the first
 * garbage collection. Such a weak collection leaves nothing behind here, and nothing had
 * to be done for it: the garbage collection that could clear its first entry is also the
 * one that would clear its {@link Newcomer}. That is a weak reference to an object that
 * nothing else refers to, and the table holds it from its first entry on. So a newcomer
 * that arrives on the queue belongs to a table that has survived a garbage collection.
 * Only then does the table become one of the {@link #targets}, and a round over it is due
 * immediately.
 * <p>
 * Young garbage collections of generational ZGC follow weak references as if they were
 * strong; only those of the old generation clear them. If the sweeper referred to every
 * table, each would be copied until it is in the old generation, and stay there until
 * that is collected: 20 puts into a fresh dictionary took 790 microseconds instead of
 * one. Therefore only the targets and the {@link Newest} tables are known, the latter for
 * {@link #forEachTable}.
 *
 * <h2>Ages</h2>
 *
 * After each garbage collection of the old generation, as counted by
 * {@link OldCollections}, a table whose sweep has reached the end samples the ages of its
 * entries, see {@link Sweepable#sampleAges}. This takes as long as a slice and is charged
 * like one. Nothing is done as long as no such garbage collection was counted since the
 * table became a target.
 *
 * <h2>Budget</h2>
 *
 * Examining a live entry is wasted work, so the CPU time for it is charged to an account.
 * The account grows by {@code 1/250} of the elapsed time, up to {@code MAX_CREDIT_NANOS}.
 * Each dead entry found adds {@code NANOS_PER_DEAD}. So if many entries died, the sweep
 * runs to the end of the table at once; if none died, it stops when the account is empty
 * and continues later. If only a few died, they do not pay for the whole sweep, but until
 * no round is due any more the account then grows by {@code 1/25} of the elapsed time. So
 * the last of a few dead among ten million entries, and what it keeps alive, is removed
 * some ten seconds after the garbage collection instead of a minute or more. The first
 * slice of a table is the sample that tells these cases apart, because hashing
 * distributes the dead evenly over all bins. Every table for which a round is due gets
 * one slice before any table gets a second one, so a large table does not delay small
 * ones.
 *
 * <h2>Why no queue</h2>
 *
 * The alternative is a reference queue for each table and a thread that waits on it. It
 * was measured with the same table on two cores, with JDK 17 and 25 and G1. CPU time of
 * the whole JVM for each dead entry:
 * <table>
 * <caption>CPU time in nanoseconds, JDK 17 / JDK 25</caption>
 * <tr>
 * <th>what dies together</th>
 * <th>sweep</th>
 * <th>queue</th>
 * </tr>
 * <tr>
 * <td>all of a table of 1M</td>
 * <td>185 / 95</td>
 * <td>571 / 793</td>
 * </tr>
 * <tr>
 * <td>a tenth of it</td>
 * <td>860 / 630</td>
 * <td>2240 / 1510</td>
 * </tr>
 * <tr>
 * <td>a hundredth of it</td>
 * <td>2800 / 2600</td>
 * <td>3700 / 1700</td>
 * </tr>
 * <tr>
 * <td>a hundredth of 100 tables of 10,000</td>
 * <td>8400 / 14500</td>
 * <td>12800 / 8100</td>
 * </tr>
 * <tr>
 * <td>all of 2000 tables of 100</td>
 * <td>425 / 365</td>
 * <td>2705 / 3100</td>
 * </tr>
 * </table>
 * The queue removed the last of 1M entries after 249 and 391 milliseconds, the sweep
 * after 59 and 55; with the small tables the times were 315 and 338 against 37 and 30. So
 * a hybrid with a queue for small tables only would make exactly these tables more
 * expensive and slower. A queue is better only if few of many entries die, and only
 * slightly. Hence {@code NANOS_PER_DEAD}, which lets such a sweep continue for as long as
 * a queue would have taken.
 *
 * <p>
 * All state except {@link #targets}, {@link #newest} and {@link #settling} is used by the
 * drain thread only.
 */
final class Sweeper {

	static final int FOLLOW_UP_SECONDS = 10;

	private static final long FOLLOW_UP_NANOS = FOLLOW_UP_SECONDS * 1_000_000_000L;

	private static final long TICK_NANOS = 500_000_000L;

	/** The number of bins in one slice: some tens of microseconds if nothing died. */
	private static final int SLICE = 1024;

	/** The maximum credit: enough for a full round over 1.5 million live entries. */
	private static final long MAX_CREDIT_NANOS = 20_000_000L;

	private static final int SHARE_OF_TIME = 250;

	private static final int SHARE_WHERE_SOME_DIED = 25;

	/** What a queue would cost for each dead entry if few die, see above. */
	private static final long NANOS_PER_DEAD = 3_000L;

	/**
	 * The maximum charge for a slice. It keeps an inexact clock from running the account
	 * into debt for long: a coarse one that ticks once in many slices, or the wall clock,
	 * which is used if the JVM does not measure CPU time.
	 */
	private static final long MAX_SLICE_NANOS = 1_000_000L;

	/**
	 * How long {@link #run} may sweep, and how long it may settle, before the queue is
	 * polled again.
	 */
	private static final long TURN_NANOS = 1_000_000L;

	/** How many references the drain thread handles between two calls of {@link #run}. */
	static final int TURN_REFERENCES = 1024;

	/** Returned instead of a time to wait: continue with the next table. */
	private static final long NEXT_TARGET = -1;

	/** How long to wait for new credit: as long as a tick. */
	private static final long PAUSE_NANOS = TICK_NANOS;

	/**
	 * The number of bins that a table moves before the next table has its turn: some 200
	 * microseconds.
	 */
	private static final int SETTLED_AT_ONCE = 4096;

	/** The maximum number of known tables that have not survived a garbage collection. */
	private static final int NEWEST = 4096;

	private final Targets targets = new Targets();

	private final Newest newest = new Newest();

	private final Queue<Sweepable> settling = new ConcurrentLinkedQueue<>();

	private final ReferenceQueue<Object> queue;

	private @Nullable Canary canary;

	private final OldCollections oldCollections;

	private final Holders holders;

	private long credit = MAX_CREDIT_NANOS;

	private long accruedAt;

	private long collectedAt;

	private long tickAt;

	/** The number of garbage collections according to the JVM. */
	private long collections;

	/** Whether there has been a target. */
	private boolean started;

	/** The number of the current round, which is due for every table. */
	private long round;

	/** Whether the current round covers all bins, not only one slice of each table. */
	private boolean full;

	/** How many tables had been registered when the canary was created. */
	private int newestOfCanary;

	/** How many of the registered tables have become targets or never will. */
	private int arrivedOrDead;

	/** Whether a dead entry was found since all rounds were last complete. */
	private boolean found;

	/** Whether there are new targets for which a round of their own is due. */
	private boolean arrived;

	/**
	 * Whether a round may still be due for some target: the current pass or the one
	 * before left some unfinished.
	 */
	private boolean owing;

	/** The CPU time of this thread when the current slice began. */
	private long sliceStart;

	/** Whether a table was found that never shrinks and that was not reported yet. */
	private boolean neverShrinks;

	private final String cleaner;

	private final LongSupplier nanoTime;

	private final LongSupplier collectionCount;

	private final LongSupplier cpuNanos;

	Sweeper(String cleaner, ReferenceQueue<Object> queue) {
		this(cleaner, queue, JvmCounter.NANO_TIME, JvmCounter.COLLECTIONS, JvmCounter.CPU_NANOS);
	}

	Sweeper(String cleaner, ReferenceQueue<Object> queue, LongSupplier nanoTime, LongSupplier collectionCount,
			LongSupplier cpuNanos) {
		this.cleaner = cleaner;
		this.queue = queue;
		this.oldCollections = new OldCollections(queue);
		this.nanoTime = nanoTime;
		this.holders = new Holders(nanoTime);
		this.collectionCount = collectionCount;
		this.cpuNanos = cpuNanos;
		this.accruedAt = nanoTime.getAsLong();
	}

	/**
	 * Register a table, to be swept once it has survived a garbage collection. Called by
	 * any thread.
	 * @param table the table
	 * @param owner refers to the owner of the table
	 * @param alive whether there is a drain thread to sweep it
	 * @return the registration, which the table must hold
	 */
	Object register(Sweepable table, WeakReference<?> owner, boolean alive) {
		Target target = new Target(table, owner);
		// No thread takes a newcomer off the queue of a closed cleaner.
		Object registration = alive ? new Newcomer(target, this.queue) : target;
		this.newest.add(target);
		return registration;
	}

	/** Add a table that has survived a garbage collection to the targets. */
	void add(Target target) {
		target.owe(this.round, this.oldCollections.count());
		this.targets.add(target);
		this.arrived = true;
	}

	void settleSoon(Sweepable table) {
		this.settling.add(table);
	}

	/** The holders of this cleaner, which are independent of sweeping. */
	Holders holders() {
		return this.holders;
	}

	/**
	 * Sweep every known table completely, on the calling thread.
	 */
	void purge() {
		forEachTable((table) -> {
			long start = System.nanoTime();
			int dead = table.sweep(0, Integer.MAX_VALUE);
			boolean more = true;
			while (more) {
				more = table.settle(Integer.MAX_VALUE);
			}
			FlightRecord.purged(this.cleaner, table, dead, System.nanoTime() - start);
		});
	}

	/**
	 * Pass each known table to an action: those that have survived a garbage collection,
	 * and the newest of the others.
	 * @param action called once with each table
	 */
	void forEachTable(Consumer<? super Sweepable> action) {
		// In this order, because a table may become a target in the meantime.
		Set<Target> known = this.newest.all();
		this.targets.addTo(known);
		for (Target target : known) {
			Sweepable table = target.table();
			if (table != null) {
				action.accept(table);
			}
		}
	}

	/**
	 * Return whether there is nothing to sweep or to settle, nothing is held, and no
	 * registered table can become a target any more. A registered table may still become
	 * one until a canary that was created after it was cleared.
	 * @return whether the drain thread has nothing to do here
	 */
	boolean isIdle() {
		if (!this.targets.isEmpty() || !this.settling.isEmpty() || !this.holders.isEmpty()) {
			return false;
		}
		if (this.newest.count() == this.arrivedOrDead) {
			return true;
		}
		if (this.canary == null) {
			makeCanary();
		}
		return false;
	}

	private void makeCanary() {
		this.newestOfCanary = this.newest.count();
		this.canary = new Canary(this.queue);
	}

	/** The canary has arrived: there was a garbage collection. */
	void collected() {
		this.canary = null;
		this.arrivedOrDead = this.newestOfCanary;
		this.oldCollections.youngCollected();
		collected(this.nanoTime.getAsLong());
		this.collections = this.collectionCount.getAsLong();
	}

	/** There was a garbage collection of the old generation. */
	void oldCollected() {
		this.oldCollections.collected();
		collected(this.nanoTime.getAsLong());
	}

	/**
	 * Return whether a table that never shrinks was found, once all tables have been
	 * swept. Returns {@code true} only once for each such finding.
	 * @return whether to tell the listeners
	 */
	boolean hasFoundThatNeverShrinks() {
		boolean found = this.neverShrinks && !this.owing;
		this.neverShrinks &= !found;
		return found;
	}

	/** A garbage collection was noticed: a round over every table is due. */
	private void collected(long now) {
		this.holders.collected();
		this.collectedAt = now;
		this.tickAt = now + TICK_NANOS;
		owe(true);
	}

	private void owe(boolean full) {
		this.round++;
		this.full = full;
		this.owing = true;
	}

	private void tick(long now) {
		this.tickAt = now + TICK_NANOS;
		long collections = this.collectionCount.getAsLong();
		if (collections != this.collections) {
			this.collections = collections;
			collected(now);
		}
		else if (now - this.collectedAt < FOLLOW_UP_NANOS) {
			owe(true);
		}
		else if (!this.owing && this.credit > MAX_CREDIT_NANOS / 2) {
			// Only with surplus credit: the rest is reserved for tables in which entries
			// died.
			owe(false);
		}
	}

	/**
	 * Do what is due. Takes at most about a millisecond each for letting go of what is
	 * held, for settling and for sweeping, plus the time of one indivisible step of each:
	 * one call of a holder, which takes about a millisecond, one share of a resize, one
	 * slice, the allocation of the array of a table that shrinks.
	 * @return how long to wait before the next call, in nanoseconds; 0 to be called again
	 * immediately; {@link Long#MAX_VALUE} to be called when something arrives on the
	 * queue
	 */
	long run() {
		long wait = this.holders.run();
		return Math.min(wait, runSweeps());
	}

	private long runSweeps() {
		if (this.canary == null && !this.targets.isEmpty()) {
			if (!this.started) {
				this.started = true;
				// Without a canary, a garbage collection since the first table was
				// created has gone unnoticed.
				collected();
			}
			makeCanary();
		}
		if (this.started && !this.targets.isEmpty()) {
			this.oldCollections.watch(this.collections);
		}
		long now = this.nanoTime.getAsLong();
		settle(now + TURN_NANOS);
		now = this.nanoTime.getAsLong();
		this.credit = Math.min(MAX_CREDIT_NANOS,
				this.credit + (now - this.accruedAt) / (this.found ? SHARE_WHERE_SOME_DIED : SHARE_OF_TIME));
		this.accruedAt = now;
		if (this.started && now - this.tickAt >= 0) {
			tick(now);
		}
		this.owing |= this.arrived;
		this.arrived = false;
		if (!this.owing) {
			long wait = this.targets.isEmpty() ? Long.MAX_VALUE : Math.max(1, this.tickAt - now);
			return this.settling.isEmpty() ? wait : 0;
		}
		long wait = sweep(now + TURN_NANOS);
		return this.settling.isEmpty() ? wait : 0;
	}

	/**
	 * Move some bins of each table in turn, because moving millions of bins takes half a
	 * second.
	 */
	private void settle(long until) {
		Sweepable table = this.settling.poll();
		while (table != null) {
			if (table.settle(SETTLED_AT_ONCE)) {
				this.settling.add(table);
			}
			table = (this.nanoTime.getAsLong() - until < 0) ? this.settling.poll() : null;
		}
	}

	private long sweep(long until) {
		this.sliceStart = this.cpuNanos.getAsLong();
		int passed = 0;
		while (true) {
			Target target = this.targets.next();
			if (target == null) {
				if (!this.owing) {
					this.found = false;
					return 0;
				}
				this.owing = false;
			}
			else if (target.isOwed(this.round, this.full)) {
				long wait = sweep(target, until);
				if (wait != NEXT_TARGET) {
					return wait;
				}
			}
			else if (++passed % SLICE == 0 && this.nanoTime.getAsLong() - until >= 0) {
				this.owing = true;
				return 0;
			}
		}
	}

	/**
	 * Sweep slices of one table as long as they earn more than they cost.
	 * @return the nanoseconds to wait, or {@link #NEXT_TARGET}
	 */
	private long sweep(Target target, long until) {
		Sweepable table = target.table();
		while (table != null && target.isOwed(this.round, this.full)) {
			this.owing = true;
			if (this.credit <= 0) {
				this.targets.stepBack();
				return PAUSE_NANOS;
			}
			int dead = target.sweepSlice(table);
			if (target.isToBeSampled(this.oldCollections.count())) {
				this.neverShrinks |= table.sampleAges(this.oldCollections.count());
			}
			long spent = Math.max(0, Math.min(this.cpuNanos.getAsLong() - this.sliceStart, MAX_SLICE_NANOS));
			target.account(this.cleaner, table, dead, spent, this.full);
			long earned = dead * NANOS_PER_DEAD;
			this.credit = Math.min(MAX_CREDIT_NANOS, this.credit - spent + earned);
			this.found |= dead > 0;
			long now = this.nanoTime.getAsLong();
			if (dead > 0 && !this.full) {
				collected(now);
			}
			if (target.isToBeSettled() && table.settle(SETTLED_AT_ONCE)) {
				this.settling.add(table);
			}
			// The time that the table took to shrink is not charged as sweeping.
			this.sliceStart = this.cpuNanos.getAsLong();
			if (now - until >= 0) {
				return 0;
			}
			if (earned <= spent) {
				return NEXT_TARGET;
			}
		}
		return NEXT_TARGET;
	}

	/**
	 * One table and the progress of the round over it. Refers to the table weakly: a weak
	 * collection can die before its referents, without notice.
	 * <p>
	 * Reading a weak reference while a garbage collector marks concurrently keeps its
	 * referent alive in that cycle. A table that is swept in every cycle would thus never
	 * die. Therefore the death of its owner is what counts, and the reference to the
	 * owner is only tested by {@code refersTo} and never read.
	 */
	static final class Target extends WeakReference<Sweepable> {

		private final WeakReference<?> owner;

		private long round;

		private int bins;

		private int next;

		/** The count of old garbage collections when the ages were last sampled. */
		private int sampledAt;

		/**
		 * The number of bins to sweep before the round is complete, regardless of where
		 * it began.
		 */
		private int remaining;

		private long roundDead;

		private long roundNanos;

		Target(Sweepable table, WeakReference<?> owner) {
			super(table);
			this.owner = owner;
		}

		/** Whether the owner of the table has died. */
		boolean isGone() {
			return this.owner.refersTo(null);
		}

		/** The table, {@code null} once its owner has died. */
		@Nullable Sweepable table() {
			return isGone() ? null : get();
		}

		/**
		 * Make a whole round due for this table alone, and sample its ages only after the
		 * next old garbage collection.
		 */
		void owe(long round, int oldCollections) {
			this.round = round;
			this.remaining = Integer.MAX_VALUE;
			this.sampledAt = oldCollections;
		}

		/**
		 * Whether bins of the round remain to be swept. A new round starts where the last
		 * one is: if it began at bin 0 each time, frequent garbage collections would keep
		 * it from ever reaching the end.
		 */
		boolean isOwed(long round, boolean full) {
			if (this.round != round) {
				this.round = round;
				this.remaining = full ? Integer.MAX_VALUE : Math.max(1, this.remaining);
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
			return dead;
		}

		/**
		 * Whether to settle the table: after a round, after the single slice of a tick,
		 * and at the end of the table, because no round is ever complete if garbage
		 * collections come faster than rounds.
		 */
		boolean isToBeSettled() {
			return this.remaining <= 0 || this.next == 0;
		}

		/**
		 * Whether to sample the ages now: there was an old garbage collection, and most
		 * of what it has cleared was removed.
		 */
		boolean isToBeSampled(int oldCollections) {
			if (this.sampledAt == oldCollections || !isToBeSettled()) {
				return false;
			}
			this.sampledAt = oldCollections;
			return true;
		}

		/** Add a slice to the totals of its round, which are recorded at its end. */
		void account(String cleaner, Sweepable table, int dead, long nanos, boolean full) {
			this.roundDead += dead;
			this.roundNanos += nanos;
			if (this.remaining <= 0 && (full || dead == 0)) {
				FlightRecord.purged(cleaner, table, this.roundDead, this.roundNanos);
				this.roundDead = 0;
				this.roundNanos = 0;
			}
		}

	}

	/**
	 * The tables that have survived a garbage collection. The drain thread walks over
	 * them in passes, which drop those that have died. Any thread may add or read.
	 */
	private static final class Targets {

		private static final int MIN_LENGTH = 16;

		private @Nullable Target[] targets = new Target[MIN_LENGTH];

		private int size;

		private int next;

		synchronized void add(Target target) {
			if (this.size == this.targets.length) {
				this.targets = Arrays.copyOf(this.targets, this.size * 2);
			}
			this.targets[this.size++] = target;
		}

		/**
		 * The next one of the pass; {@code null} at its end, after which a new pass
		 * begins.
		 */
		synchronized @Nullable Target next() {
			while (this.next < this.size) {
				Target target = this.targets[this.next];
				if (target != null && !target.isGone()) {
					this.next++;
					return target;
				}
				this.targets[this.next] = this.targets[--this.size];
				this.targets[this.size] = null;
			}
			this.next = 0;
			if (this.size < this.targets.length / 4) {
				this.targets = Arrays.copyOf(this.targets, Math.max(MIN_LENGTH, this.size * 2));
			}
			return null;
		}

		/** Make the pass continue with the one that it has just returned. */
		synchronized void stepBack() {
			this.next--;
		}

		synchronized boolean isEmpty() {
			return this.size == 0;
		}

		synchronized void addTo(Set<Target> all) {
			for (int i = 0; i < this.size; i++) {
				Target target = this.targets[i];
				if (target != null) {
					all.add(target);
				}
			}
		}

	}

	/**
	 * The tables that most recently got their first entry, whether or not they have
	 * survived a garbage collection since. Any thread may add or read.
	 */
	private static final class Newest {

		private final AtomicInteger next = new AtomicInteger();

		private volatile @Nullable AtomicReferenceArray<@Nullable Target> targets;

		void add(Target target) {
			AtomicReferenceArray<@Nullable Target> targets = this.targets;
			if (targets == null) {
				targets = create();
			}
			targets.setRelease(this.next.getAndIncrement() & (NEWEST - 1), target);
		}

		private synchronized AtomicReferenceArray<@Nullable Target> create() {
			AtomicReferenceArray<@Nullable Target> targets = this.targets;
			if (targets == null) {
				targets = new AtomicReferenceArray<>(NEWEST);
				this.targets = targets;
			}
			return targets;
		}

		/** How many tables have been added so far. */
		int count() {
			return this.next.get();
		}

		Set<Target> all() {
			Set<Target> all = Collections.newSetFromMap(new IdentityHashMap<>());
			AtomicReferenceArray<@Nullable Target> targets = this.targets;
			for (int i = 0; targets != null && i < NEWEST; i++) {
				Target target = targets.getAcquire(i);
				if (target != null) {
					all.add(target);
				}
			}
			return all;
		}

	}

	/**
	 * Cleared by the first garbage collection that could clear an entry of its table. The
	 * table holds it, so it arrives on the queue only if the table is still alive.
	 */
	static final class Newcomer extends WeakReference<Object> {

		final Target target;

		Newcomer(Target target, ReferenceQueue<Object> queue) {
			super(new Object(), queue);
			this.target = target;
		}

	}

	/**
	 * Cleared by the first garbage collection of its generation that begins after it was
	 * created.
	 */
	static final class Canary extends WeakReference<Object> {

		Canary(ReferenceQueue<Object> queue) {
			super(new Object(), queue);
		}

	}

}
