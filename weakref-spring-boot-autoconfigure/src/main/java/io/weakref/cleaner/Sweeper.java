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
 * Decides when the tables of one cleaner are swept, and how much of them.
 *
 * <h2>Noticing a collection</h2>
 *
 * Entries are on no reference queue: one <em>canary</em>, a weak reference to an object
 * that nobody holds, is. The first collection that looks at it clears it, and it arrives
 * on the queue. Two kinds of collections escape it: one that had begun before (a
 * concurrent cycle that clears old referents seconds after the pause that the canary
 * announced), and one of the old generation alone, while the canary is young
 * (generational ZGC). So twice a second, in a <em>tick</em>,
 * <ul>
 * <li>the tables are looked at again for {@value #FOLLOW_UP_SECONDS} seconds after each
 * collection noticed, within the budget below;</li>
 * <li>the JVM's own count of collections is read, see {@link JvmCounter};</li>
 * <li>where neither gives a reason, one slice of each table is looked at, all of a table
 * that is small or has changed its size. A dead entry in there is a collection
 * noticed.</li>
 * </ul>
 * A tick costs some microseconds and one slice a table. Without a table the drain thread
 * sleeps.
 *
 * <h2>Knowing the tables</h2>
 *
 * Most collections of a program that makes many die before a collection has looked at
 * them. One that nobody holds leaves nothing here, and there was nothing to be done for
 * it: the collection that could clear its first entry is the one that would clear its
 * {@link Newcomer}, a weak reference to an object that nobody holds, which the table
 * itself holds from its first entry on. A newcomer on the queue is therefore a table that
 * has lived through a collection; only now it becomes one of the {@link #targets}, and is
 * owed a round at once.
 * <p>
 * Young collections of generational ZGC follow weak references as if they were strong
 * (they are cleared by collections of the old generation alone). If every table were
 * referred to from here, then each would be copied until it is old, and wait there for
 * such a collection: 20 puts into a fresh dictionary took 790 microseconds instead of
 * one. So beside the targets, the {@link Newest} tables alone are known, for
 * {@link #forEachTable}.
 *
 * <h2>Ages</h2>
 *
 * After each of the {@link OldCollections}, when the sweep has come to the end of a
 * table, that is told to look at a sample of its entries, see
 * {@link Sweepable#sampleAges}. This takes as long as a slice and is paid for like one.
 * Where no old collection was counted since the table has arrived, nothing is done.
 *
 * <h2>Budget</h2>
 *
 * Looking at an entry that lives is wasted work, so the CPU time for it comes from an
 * account that grows by {@code 1/250} of the time that passes, up to {@code MAX_CREDIT}.
 * Each dead entry found pays {@code NANOS_PER_DEAD} in: where many died the sweep runs to
 * the end of the table at once; where none did, it stops when the account is empty and
 * goes on later. Where few did, they do not pay for the whole, but until no round is owed
 * the account grows by {@code 1/25}: the last of few dead among ten million entries, and
 * what it holds, is gone some ten seconds after the collection, not after a minute and
 * more. The first slice of a table is the sample that tells the two apart, because hashes
 * spread the dead over all bins alike. Every table that is owed a round gets one slice
 * before any gets a second, so a large one does not hold up the small.
 *
 * <h2>Why no queue</h2>
 *
 * With a queue for each table and a thread that waits on it, measured with this same
 * engine on two cores, JDK 17 and 25 with G1, CPU time of the whole JVM for each dead
 * entry:
 * <table>
 * <caption>Nanoseconds, JDK 17 / JDK 25</caption>
 * <tr>
 * <th>what dies at once</th>
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
 * The queue removed the last of 1M after 249 and 391 milliseconds, the sweep after 59 and
 * 55; of the small tables, 315 and 338 against 37 and 30. So a hybrid, a queue for small
 * tables alone, would make those very tables dearer and slower. A queue is ahead only
 * where few of many die, and by little: hence {@code NANOS_PER_DEAD}, which lets such a
 * sweep go on for as long as a queue would have taken.
 *
 * <p>
 * All state but {@link #targets}, {@link #newest} and {@link #settling} belongs to the
 * drain thread.
 */
final class Sweeper {

	static final int FOLLOW_UP_SECONDS = 10;

	private static final long FOLLOW_UP_NANOS = FOLLOW_UP_SECONDS * 1_000_000_000L;

	private static final long TICK_NANOS = 500_000_000L;

	/** Bins in one slice: some tens of microseconds where nothing died. */
	private static final int SLICE = 1024;

	/** What may be saved up: a full round over 1.5 million live entries. */
	private static final long MAX_CREDIT_NANOS = 20_000_000L;

	private static final int SHARE_OF_TIME = 250;

	private static final int SHARE_WHERE_SOME_DIED = 25;

	/** What a queue takes where few die, see above. */
	private static final long NANOS_PER_DEAD = 3_000L;

	/**
	 * What a slice is charged at most, so that no clock runs the account into debt for
	 * long: a coarse one that ticks once in many slices, or that of the wall, where the
	 * JVM does not tell the CPU time.
	 */
	private static final long MAX_SLICE_NANOS = 1_000_000L;

	/** How long {@link #run} may take before the queue is looked at again. */
	private static final long TURN_NANOS = 1_000_000L;

	/** How many references the drain thread handles between two calls of {@link #run}. */
	static final int TURN_REFERENCES = 1024;

	/** Returned in place of a time to wait: the next table has its turn. */
	private static final long NEXT_TARGET = -1;

	/** Until there is credit again: no more often than the ticks. */
	private static final long PAUSE_NANOS = TICK_NANOS;

	/**
	 * Bins that a table moves before it is somebody else's turn: some 200 microseconds.
	 */
	private static final int SETTLED_AT_ONCE = 4096;

	/** How many of the tables are known that no collection has looked at. */
	private static final int NEWEST = 4096;

	private final Targets targets = new Targets();

	private final Newest newest = new Newest();

	private final Queue<Sweepable> settling = new ConcurrentLinkedQueue<>();

	private final ReferenceQueue<Object> queue;

	private @Nullable Canary canary;

	private final OldCollections oldCollections;

	private final Holders holders = new Holders();

	private long credit = MAX_CREDIT_NANOS;

	private long accruedAt;

	private long collectedAt;

	private long tickAt;

	/** As far as the JVM tells. */
	private long collections;

	/** Whether there has been a table. */
	private boolean started;

	/** Counts the times that every table was owed something. */
	private long round;

	/** Whether what is owed is a round over all bins, not only one slice. */
	private boolean full;

	/** How many tables had been registered when the canary was made. */
	private int newestOfCanary;

	/** So many of the registered tables have arrived, or never will. */
	private int arrivedOrDead;

	/** Whether something dead was found since nothing was owed. */
	private boolean found;

	/** Whether tables have arrived that are owed a round of their own. */
	private boolean arrived;

	/** Whether the present pass over the targets, or the one before, left some owed. */
	private boolean owing;

	/** The CPU time of this thread when the slice under way began. */
	private long sliceStart;

	/** Whether there is a table that never shrinks, and nobody was told yet. */
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
		this.collectionCount = collectionCount;
		this.cpuNanos = cpuNanos;
		this.accruedAt = nanoTime.getAsLong();
	}

	/**
	 * Have a table swept once it has lived through a collection. Any thread may ask.
	 * @param table the table
	 * @param owner what has the table
	 * @param alive whether there is a drain thread to sweep it
	 * @return what the table must hold
	 */
	Object register(Sweepable table, WeakReference<?> owner, boolean alive) {
		Target target = new Target(table, owner);
		// Nobody would take a newcomer off the queue of a closed cleaner.
		Object registration = alive ? new Newcomer(target, this.queue) : target;
		this.newest.add(target);
		return registration;
	}

	/** A table has lived through a collection. */
	void add(Target target) {
		target.owe(this.round, this.oldCollections.count());
		this.targets.add(target);
		this.arrived = true;
	}

	void settleSoon(Sweepable table) {
		this.settling.add(table);
	}

	/** Those that hold something for a while, which has nothing to do with sweeping. */
	Holders holders() {
		return this.holders;
	}

	/**
	 * Sweep every table from end to end, on the calling thread.
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
	 * Show the tables that have lived through a collection, and the newest others.
	 * @param action told of each once
	 */
	void forEachTable(Consumer<? super Sweepable> action) {
		// In this order: a table may go from these to those meanwhile.
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
	 * Return whether no table is known and none can arrive. There may be one that has not
	 * lived through a collection for as long as the canary lives that was made after it.
	 * @return whether there is nothing to sweep
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

	/** The canary has told of a collection. */
	void collected() {
		this.canary = null;
		this.arrivedOrDead = this.newestOfCanary;
		this.oldCollections.youngCollected();
		collected(this.nanoTime.getAsLong());
		this.collections = this.collectionCount.getAsLong();
	}

	/** There was a collection of the old generation. */
	void oldCollected() {
		this.oldCollections.collected();
		collected(this.nanoTime.getAsLong());
	}

	/**
	 * Return, once for each time, that a table was found that never shrinks, when all
	 * tables have been looked at.
	 * @return whether somebody should be told
	 */
	boolean hasFoundThatNeverShrinks() {
		boolean found = this.neverShrinks && !this.owing;
		this.neverShrinks &= !found;
		return found;
	}

	/** A collection was noticed: every table is owed a round. */
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
			// From what is left over: the reserve is for tables that something died in.
			owe(false);
		}
	}

	/**
	 * Do what is due. Sweeping takes about a millisecond and settling another, at most;
	 * beyond that goes what cannot be divided: one slice, one share of a resize, the
	 * array that a table gets when it shrinks.
	 * @return how long to wait before the next call, in nanoseconds; 0 to be called at
	 * once, {@link Long#MAX_VALUE} to be called when there is news
	 */
	long run() {
		long wait = this.holders.run(this.nanoTime.getAsLong());
		return Math.min(wait, runSweeps());
	}

	private long runSweeps() {
		if (this.canary == null && !this.targets.isEmpty()) {
			if (!this.started) {
				this.started = true;
				// Nobody would have told of a collection since the first table was made.
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

	/** Some bins of each table in turn: millions of bins take half a second. */
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
	 * Sweep slices of one table for as long as they remove more than they cost.
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
	 * One table, and how far the round over it has come. Holds the table weakly: a
	 * collection dies before its referents without a word.
	 * <p>
	 * Whoever reads a weak reference while a collector marks concurrently keeps its
	 * referent alive in that cycle. A table that is swept in every cycle would never die,
	 * so its end is known by that of its owner, whose reference is asked and never read.
	 */
	static final class Target extends WeakReference<Sweepable> {

		private final WeakReference<?> owner;

		private long round;

		private int bins;

		private int next;

		/** How many old collections there had been when the ages were sampled. */
		private int sampledAt;

		/** Bins to look at before the round is complete, wherever it began. */
		private int remaining;

		private long roundDead;

		private long roundNanos;

		Target(Sweepable table, WeakReference<?> owner) {
			super(table);
			this.owner = owner;
		}

		/** Whether nobody holds the owner of the table any more. */
		boolean isGone() {
			return this.owner.refersTo(null);
		}

		/** The table; {@code null} once nobody holds its owner. */
		@Nullable Sweepable table() {
			return isGone() ? null : get();
		}

		/**
		 * Owe this table alone what remains of a round: all of it. It has lived through
		 * none of the old collections so far.
		 */
		void owe(long round, int oldCollections) {
			this.round = round;
			this.remaining = Integer.MAX_VALUE;
			this.sampledAt = oldCollections;
		}

		/**
		 * Whether bins remain. A new round goes on where the last one is: begun at bin 0
		 * each time, frequent collections would keep it from ever reaching the end.
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
		 * Whether to settle the table: after a round, or after the one slice that a tick
		 * looked at. At the end of the table, too: where collections come faster than
		 * rounds, no round is ever complete.
		 */
		boolean isToBeSettled() {
			return this.remaining <= 0 || this.next == 0;
		}

		/**
		 * Whether to sample the ages, now: there was an old collection, and most of what
		 * it has cleared was removed.
		 */
		boolean isToBeSampled(int oldCollections) {
			if (this.sampledAt == oldCollections || !isToBeSettled()) {
				return false;
			}
			this.sampledAt = oldCollections;
			return true;
		}

		/** Add a slice to the sum of its round, which is recorded at the end. */
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
	 * The tables that have lived through a collection. The drain thread walks over them
	 * in passes, which forget those that are gone; others add and look.
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

		/** The next one of the pass; {@code null} at its end, and another pass begins. */
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

		/** Have the pass go on with the one that it has just given. */
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
	 * The tables that got their first entry last, whether or not they have lived through
	 * a collection since. Any thread adds and looks.
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

		/** How many there have been. */
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
	 * Cleared by the first collection that could clear an entry of its table, which holds
	 * it. Comes off the queue only if the table, and so this, is still there.
	 */
	static final class Newcomer extends WeakReference<Object> {

		final Target target;

		Newcomer(Target target, ReferenceQueue<Object> queue) {
			super(new Object(), queue);
			this.target = target;
		}

	}

	/**
	 * Cleared by the first collection of its generation that begins after it was made.
	 */
	static final class Canary extends WeakReference<Object> {

		Canary(ReferenceQueue<Object> queue) {
			super(new Object(), queue);
		}

	}

}
