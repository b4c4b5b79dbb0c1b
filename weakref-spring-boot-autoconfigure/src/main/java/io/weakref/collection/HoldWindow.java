package io.weakref.collection;

import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.function.LongSupplier;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.CleanerInternals.Holder;
import io.weakref.cleaner.WeakCleaner;

/**
 * Holds the values of one table strongly for a while after their last use: for a time, up
 * to a number of values, or both. A value that is let go is not removed from the table.
 * It is then held weakly, as in other tables, and strongly again from its next use on.
 *
 * <h2>The mark of a node</h2>
 *
 * Time is counted in <em>ticks</em>, which the drain thread advances. The mark of a node
 * consists of the tick of the last use, then two bits that count up to 3 uses, then one
 * bit that is always set, so that no mark equals {@link HoldNode#NO_MARK}.
 * {@link #current} is the mark of a node that was used often and in the current tick. A
 * use reads {@code current} and writes to the node only if the node has a different mark:
 * once per tick and, if the number of values is limited, up to three times after the hand
 * has passed the node.
 * <p>
 * Ticks wrap around and are therefore compared by their difference. No mark is ever older
 * than half the range of ticks: a value is held for some forty ticks after its last use,
 * and its mark is removed when it is let go.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 * <li>{@link #held} and the {@code slot} of every node are written under the lock of this
 * object. It is taken last: no thread waits for anything else while it has this lock. A
 * node has a slot exactly while its value is held in that slot, or was held until the
 * garbage collector cleared all held values.</li>
 * <li>A thread that uses a value first reads the value, then the mark. Then it marks the
 * node, and then checks whether the node has a slot and, if not, gives it one.</li>
 * <li>A thread that lets go of a value first takes the slot from the node, then removes
 * the mark that it has read, by a CAS. If the CAS fails, the node was used since, and
 * gets its slot back. All four accesses are volatile, so either the user sees that the
 * slot is gone, or the releasing thread sees the new mark. A user that finds the mark
 * that it would set writes nothing. In this case the CAS of the releasing thread comes
 * later than the use.</li>
 * <li>A mark never goes back to an older tick. A user that was delayed finds, after it
 * has set its mark, that the current tick has changed, and sets the mark again. It leaves
 * a newer mark unchanged.</li>
 * <li>The values that were last used in a tick are due when the time to hold has passed
 * since the <em>end</em> of that tick. The end is recorded after the next tick was
 * published, so a use that was marked with the old tick did not come later.</li>
 * <li>A node that was unlinked from its table never gets a slot again.</li>
 * <li>After the cleaner was closed no node gets a slot. This is checked under the lock
 * that the cleaner takes, after it was closed, to let go of everything.</li>
 * </ol>
 *
 * If a use runs out of stack, or finds no memory for the slot, it leaves no mark, so that
 * the next use tries again. A mark without a slot and a slot without a mark exist only
 * briefly and do no harm: in the first case a user is about to give the node a slot; in
 * the second the next scan marks the node.
 *
 * <h2>When memory is short</h2>
 *
 * The garbage collector clears all held values before it lets the JVM run out of memory,
 * see {@link HeldValues}. The loss is noticed by the drain thread, after each garbage
 * collection and twice a second, and by each thread that needs a slot. Then all slots and
 * marks are removed and a new tick begins, so that the next use of each value holds it
 * again.
 *
 * <h2>The limit</h2>
 *
 * If the number of values is limited and the limit is reached, each new value takes the
 * slot of a value that is let go, and begins with a count of zero uses. A queue has the
 * slots of the latest new values, half as many as the limit. If the value in the oldest
 * of these slots was not used since it came, it is let go. Otherwise a hand moves over
 * all slots, as in the clock algorithm: it lets go of the first value whose count of uses
 * is zero, and decrements the count of those it passes. It skips the new value.
 * <p>
 * The queue is the small queue of S3-FIFO (Yang and others, <i>FIFO Queues are All You
 * Need for Cache Eviction</i>, SOSP 2023) without its ghost queue: under a skewed load
 * most values are used only once, and should not stay for a whole round of the hand.
 */
final class HoldWindow implements Holder {

	private static final int TICK_SHIFT = 3;

	private static final int ONE_TICK = 1 << TICK_SHIFT;

	private static final int ONE_USE = 2;

	private static final int USES = 6;

	/** The mark with the highest count of uses, in tick 0. */
	private static final int FULL = 7;

	private static final long MIN_TICK_NANOS = 250_000_000L;

	/** A tick lasts at least the time to hold divided by this number. */
	private static final int TICKS_TO_HOLD = 32;

	/**
	 * How often to read the soft reference to keep it from being cleared early, see
	 * {@link HeldValues#areLost}.
	 */
	private static final long PROTECT_NANOS = 500_000_000L;

	/** More than the number of ticks that are not due; a power of two. */
	private static final int STARTS = 64;

	/** The number of nodes that are scanned before the lock is released. */
	private static final int BATCH = 512;

	/**
	 * The number of batches in one call of {@link #letGo}, which takes about a
	 * millisecond.
	 */
	private static final int BATCHES = 128;

	/** The maximum number of nodes that the hand passes. */
	private static final int HAND = 128;

	private final WeakCleaner cleaner;

	private final WeakReference<?> owner;

	private final LongSupplier nanoTime;

	/** {@link Long#MAX_VALUE} if there is no time limit. */
	private final long holdNanos;

	/** {@link Integer#MAX_VALUE} if the number is not limited. */
	private final int holdMax;

	private final long tickNanos;

	/** The mark of a node that is used often and now. Written under the lock. */
	private volatile int current;

	/** Not private, so that a mutant of the release can be raced. */
	final HeldValues held = new HeldValues();

	/** When each of the last ticks began, which is when the one before ended. */
	private final long[] starts = new long[STARTS];

	/** A value is due if its last use was at least this many ticks ago. */
	private int dueAge = 1;

	/** No held value was last used more than this many ticks ago. */
	private int oldestAge;

	/** The current scan has yet to look at the slots below this one. */
	private int toScan;

	/** The highest age of a value that the current scan has kept. */
	private int oldestScanned;

	/** The slot at which the hand continues. */
	private int hand;

	/**
	 * The queue of the slots of the latest new values, as a ring; -1 for none. Created
	 * when the limit is reached.
	 */
	private int[] newcomers = {};

	/** The index in the ring of the oldest of these slots. */
	private int oldestNewcomer;

	/**
	 * Whether the drain thread calls {@link #letGo}. Written under the lock, except by a
	 * thread whose registration with the drain thread has failed.
	 */
	private volatile boolean ticking;

	private long releasedByTime;

	private long releasedBySize;

	private long releasedByMemory;

	/**
	 * Create a window that holds nothing yet.
	 * @param holdNanos how long to hold a value, {@link Long#MAX_VALUE} for no limit
	 * @param holdMax how many values to hold, {@link Integer#MAX_VALUE} for no limit
	 * @param cleaner the cleaner whose thread lets go of values
	 * @param owner refers to the owner of this window
	 * @param nanoTime the clock, in nanoseconds
	 * @param firstTick the number of the first tick
	 */
	HoldWindow(long holdNanos, int holdMax, WeakCleaner cleaner, WeakReference<?> owner, LongSupplier nanoTime,
			int firstTick) {
		this.holdNanos = holdNanos;
		this.holdMax = holdMax;
		this.tickNanos = Math.max(MIN_TICK_NANOS, holdNanos / TICKS_TO_HOLD);
		this.cleaner = cleaner;
		this.owner = owner;
		this.nanoTime = nanoTime;
		this.current = (firstTick << TICK_SHIFT) | FULL;
		this.starts[start(this.current)] = nanoTime.getAsLong();
	}

	// Using

	/**
	 * Record a use: a value was found or stored. To be called after the value was read.
	 * @param node its node
	 * @param value the value
	 */
	void use(HoldNode node, Object value) {
		// Keeps the read of the value before that of the mark (invariant 2). Otherwise
		// the value could be let go between the two, and this use would not hold it.
		VarHandle.acquireFence();
		if (node.mark != this.current) {
			markAndHold(node, value);
		}
	}

	private void markAndHold(HoldNode node, Object value) {
		if (!this.cleaner.isAlive()) {
			return;
		}
		boolean held = false;
		try {
			int current;
			do {
				current = this.current;
				mark(node, current);
				held = node.isHeld() || hold(node, value);
			}
			while (held && current != this.current);
		}
		finally {
			if (!held) {
				node.mark = HoldNode.NO_MARK;
			}
		}
	}

	private void mark(HoldNode node, int current) {
		int mark;
		do {
			mark = node.markVolatile();
			boolean newer = mark != HoldNode.NO_MARK && (mark | FULL) - current > 0;
			if (mark == current || newer) {
				return;
			}
		}
		while (!node.compareAndSetMark(mark, next(mark, current)));
	}

	private int next(int mark, int current) {
		if (this.holdMax == Integer.MAX_VALUE) {
			return current;
		}
		int uses = (mark != HoldNode.NO_MARK) ? Math.min(USES, (mark & USES) + ONE_USE) : 0;
		return (current & ~USES) | uses;
	}

	/**
	 * Give a node a slot if it has none. Returns {@code false} if that is not possible.
	 */
	private boolean hold(HoldNode node, Object value) {
		boolean start = false;
		try {
			synchronized (this) {
				if (node.slot != HoldNode.NOT_HELD) {
					return true;
				}
				if (!this.cleaner.isAlive()) {
					return false;
				}
				if (this.newcomers.length == 0 && this.held.size() >= this.holdMax) {
					this.newcomers = latestSlots(this.holdMax, Math.max(1, this.holdMax / 2));
				}
				while (this.held.areLost() || !this.held.add(node, value)) {
					giveUp();
				}
				if (this.held.size() > this.holdMax) {
					releaseOne(node);
				}
				if (!this.ticking) {
					this.ticking = true;
					start = true;
				}
			}
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
		if (start) {
			boolean started = false;
			try {
				CleanerInternals.hold(this.cleaner, this, this.owner);
				started = true;
			}
			finally {
				if (!started) {
					// Here and without the lock: calling a method and entering a monitor
					// can fail, too.
					this.ticking = false;
				}
			}
		}
		return true;
	}

	private static int[] latestSlots(int size, int count) {
		int[] slots = new int[count];
		for (int i = 0; i < count; i++) {
			slots[i] = size - count + i;
		}
		return slots;
	}

	/**
	 * Record that a node was unlinked: its value is no longer held, and never again.
	 * @param node the node
	 */
	synchronized void forget(HoldNode node) {
		int slot = node.slot;
		if (slot >= 0 && this.held.areLost()) {
			giveUp();
		}
		else if (slot >= 0) {
			this.held.remove(slot);
		}
		node.slot = HoldNode.UNLINKED;
	}

	// Letting go

	@Override
	public long letGo() {
		for (int i = 0; i < BATCHES; i++) {
			long wait = step();
			if (wait > 0) {
				return wait;
			}
		}
		return 0;
	}

	/** Do one step of letting go, as {@link #letGo} does. */
	synchronized long step() {
		if (this.held.areLost()) {
			giveUp();
		}
		if (this.held.size() == 0) {
			this.held.clear();
			this.toScan = 0;
			this.ticking = false;
			return Long.MAX_VALUE;
		}
		if (this.toScan > 0) {
			scan();
			return 0;
		}
		long left = this.tickNanos - (this.nanoTime.getAsLong() - this.starts[start(this.current)]);
		if (left > 0) {
			return Math.min(left, PROTECT_NANOS);
		}
		tick();
		if (this.oldestAge >= this.dueAge) {
			this.toScan = this.held.size();
			this.oldestScanned = 0;
		}
		return 0;
	}

	/** Under the lock: begin the next tick. */
	private void tick() {
		int current = this.current + ONE_TICK;
		this.current = current;
		long now = this.nanoTime.getAsLong();
		this.starts[start(current)] = now;
		this.oldestAge++;
		this.dueAge++;
		while (this.dueAge > 1 && now - this.starts[start(current - (this.dueAge - 2) * ONE_TICK)] >= this.holdNanos) {
			this.dueAge--;
		}
	}

	private static int start(int mark) {
		return (mark >> TICK_SHIFT) & (STARTS - 1);
	}

	/** Under the lock: scan one batch of nodes. */
	private void scan() {
		int current = this.current;
		int slot = Math.min(this.toScan, this.held.size());
		int end = Math.max(0, slot - BATCH);
		while (slot > end) {
			slot--;
			HoldNode node = this.held.node(slot);
			int mark = node.mark;
			int age = (current - (mark | FULL)) >> TICK_SHIFT;
			if (node.slot != slot) {
				// Left behind by a thread that ran out of stack before it could remove
				// it.
				this.held.remove(slot);
			}
			else if (mark == HoldNode.NO_MARK) {
				node.compareAndSetMark(mark, current);
			}
			else if (age < this.dueAge) {
				this.oldestScanned = Math.max(this.oldestScanned, age);
			}
			else if (release(node, slot, mark)) {
				this.releasedByTime++;
			}
		}
		this.toScan = end;
		if (end == 0) {
			this.oldestAge = this.oldestScanned;
		}
	}

	/**
	 * Under the lock: let go of a value, unless its node was used since its mark was
	 * read.
	 * @return whether it was let go
	 */
	private boolean release(HoldNode node, int slot, int mark) {
		node.slot = HoldNode.NOT_HELD;
		if (!node.compareAndSetMark(mark, HoldNode.NO_MARK)) {
			node.slot = slot;
			return false;
		}
		this.held.remove(slot);
		return true;
	}

	/**
	 * Under the lock: let go of one value, whose slot goes to a node that is held from
	 * now on.
	 */
	private void releaseOne(HoldNode newcomer) {
		int place = this.oldestNewcomer;
		int slot = this.newcomers[place];
		if (slot < 0 || slot >= this.held.size() || !releaseUnused(slot, newcomer)) {
			slot = releaseByHand(newcomer);
		}
		this.newcomers[place] = slot;
		this.oldestNewcomer = (place + 1 < this.newcomers.length) ? place + 1 : 0;
	}

	/**
	 * Under the lock: let go of the value in a slot if it was not used since it came.
	 * @return whether it was let go
	 */
	private boolean releaseUnused(int slot, HoldNode newcomer) {
		HoldNode node = this.held.node(slot);
		int mark = node.mark;
		if (node == newcomer || node.slot != slot || (mark & USES) != 0 || !release(node, slot, mark)) {
			return false;
		}
		this.releasedBySize++;
		return true;
	}

	/**
	 * Under the lock: let go of a value by moving the hand.
	 * @return the slot of that value, -1 if there is none
	 */
	private int releaseByHand(HoldNode newcomer) {
		for (int i = 0; i < this.held.size() + HAND; i++) {
			this.hand = (this.hand < this.held.size()) ? this.hand : 0;
			int slot = this.hand++;
			HoldNode node = this.held.node(slot);
			int mark = node.mark;
			if (node.slot != slot) {
				this.held.remove(slot);
				return slot;
			}
			if (node == newcomer) {
				continue;
			}
			if ((mark & USES) == 0 || i >= HAND) {
				if (release(node, slot, mark)) {
					this.releasedBySize++;
					return slot;
				}
			}
			else {
				node.compareAndSetMark(mark, mark - ONE_USE);
			}
		}
		return -1;
	}

	/**
	 * Under the lock: remove all slots and marks, because the garbage collector has
	 * cleared the values.
	 */
	private void giveUp() {
		int lost = this.held.size();
		for (int slot = 0; slot < lost; slot++) {
			HoldNode node = this.held.node(slot);
			if (node.slot == slot) {
				node.slot = HoldNode.NOT_HELD;
				node.mark = HoldNode.NO_MARK;
			}
		}
		this.held.clear();
		this.releasedByMemory += lost;
		this.toScan = 0;
		tick();
		this.dueAge = 1;
		this.oldestAge = 0;
	}

	@Override
	public void letGoAll() {
		int rest = Integer.MAX_VALUE;
		while (rest > 0) {
			rest = letGoFrom(rest);
		}
	}

	private synchronized int letGoFrom(int above) {
		int slot = Math.min(above, this.held.size());
		int end = Math.max(0, slot - BATCH);
		while (slot > end) {
			slot--;
			HoldNode node = this.held.node(slot);
			if (node.slot == slot) {
				node.slot = HoldNode.NOT_HELD;
				node.mark = HoldNode.NO_MARK;
			}
			this.held.remove(slot);
		}
		return end;
	}

	// Statistics

	int heldCount() {
		return this.held.held();
	}

	synchronized HoldStats stats() {
		return new HoldStats(heldCount(), this.releasedByTime, this.releasedBySize, this.releasedByMemory);
	}

}
