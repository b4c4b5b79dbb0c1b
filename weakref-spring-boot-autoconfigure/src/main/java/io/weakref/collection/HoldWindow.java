package io.weakref.collection;

import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.function.LongSupplier;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.CleanerInternals.Holder;
import io.weakref.cleaner.WeakCleaner;

/**
 * Holds the values of one table for a while after their last use: for a time, up to a
 * number, or both. What is let go is not removed; it is as weak as the values of other
 * tables, and held again with its next use.
 *
 * <h2>The mark of a node</h2>
 *
 * Time passes in <em>ticks</em> of the drain thread. A mark is the tick of the last use,
 * above two bits that count uses up to 3, above one that is always set, so that no mark
 * is {@link HoldNode#NO_MARK}. {@link #current} is the mark of a node that is used often
 * and just now. A use reads it and writes to the node only if that has another mark: once
 * in a tick and, where there is a limit, up to three times after the hand has passed.
 * <p>
 * Ticks wrap around. They are compared by their difference, and a mark that is older than
 * half of all ticks does not exist: a value is held for some forty ticks after its last
 * use, and its mark is removed when it is let go.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 * <li>{@link #held} and {@code slot} of every node are written under the lock of this
 * object, which is taken last: nobody waits for anything with it. A node has a slot
 * exactly while its value is held there, or was until the collector gave up all.</li>
 * <li>A user of a value first has the value, then reads the mark, then marks the node,
 * then looks whether it has a slot, and if not, gets one.</li>
 * <li>Whoever lets go first takes the slot away, then removes the mark that was found, in
 * one atomic step. Where that fails the node was used since, and gets its slot back. All
 * four are volatile accesses: either the user sees that the slot is gone, or the releaser
 * sees the mark. A user who finds the mark that it would set writes nothing; then the
 * releaser has not taken its last look, which is that atomic step.</li>
 * <li>No mark is set back. A user that was held up finds that the tick is another one
 * when it has set its mark, and sets it again; it passes over one that is newer.</li>
 * <li>Entries of a tick are due when the time to hold has passed since the <em>end</em>
 * of that tick, which is taken down after the next one was published: no use of the tick
 * came later.</li>
 * <li>A node that was unlinked from its table gets no slot any more.</li>
 * <li>Once the cleaner is closed nothing gets a slot: that is looked at under the lock
 * which the cleaner takes, after it was closed, to let go of everything.</li>
 * </ol>
 *
 * A use whose thread has no stack left, or that finds no memory for the slot, leaves no
 * mark, so that the next use tries again. A mark without a slot or a slot without a mark
 * is possible for moments only, and does no harm: the former belongs to a user that is
 * about to get the slot, the latter is marked by the next scan.
 *
 * <h2>Memory comes first</h2>
 *
 * See {@link HeldValues}. A loss is noticed by the drain thread after each collection and
 * twice a second, and by whoever needs a slot; then no node has a slot or a mark any
 * more, and a new tick begins, so that the next use of each holds it again.
 *
 * <h2>The hand</h2>
 *
 * Where the number is limited and reached, each newcomer takes the slot of a value that
 * is let go, and begins without a use. A queue has the slots of the latest newcomers,
 * half as many as values are held. The value in the oldest of these slots is let go if it
 * was not used since it came. Otherwise a hand goes over all slots: it lets go of the
 * first value that was not used since the hand was there last, and takes one use off the
 * others.
 * <p>
 * The queue is the small queue of S3-FIFO (Yang and others, <i>FIFO Queues are All You
 * Need for Cache Eviction</i>, SOSP 2023) without its ghosts: most values of a skewed
 * load are used once, and are not to stay for a round of the hand.
 */
final class HoldWindow implements Holder {

	private static final int TICK_SHIFT = 3;

	private static final int ONE_TICK = 1 << TICK_SHIFT;

	private static final int ONE_USE = 2;

	private static final int USES = 6;

	/** As many uses as are counted, in tick 0. */
	private static final int FULL = 7;

	private static final long MIN_TICK_NANOS = 250_000_000L;

	/** A tick is this part of the time to hold, or longer. */
	private static final int TICKS_TO_HOLD = 32;

	/** How often the values are to be protected, see {@link HeldValues#areLost}. */
	private static final long PROTECT_NANOS = 500_000_000L;

	/** More than the ticks that are not due; a power of two. */
	private static final int STARTS = 64;

	/** Nodes that are looked at under the lock before others have their turn. */
	private static final int BATCH = 512;

	/** Batches in one call of {@link #letGo}: about a millisecond. */
	private static final int BATCHES = 128;

	/** Nodes that the hand passes over at most. */
	private static final int HAND = 128;

	private final WeakCleaner cleaner;

	private final WeakReference<?> owner;

	private final LongSupplier nanoTime;

	/** {@link Long#MAX_VALUE} where no time is set. */
	private final long holdNanos;

	/** {@link Integer#MAX_VALUE} where no number is set. */
	private final int holdMax;

	private final long tickNanos;

	/** The mark that a node gets which is used often. Written under the lock. */
	private volatile int current;

	private final HeldValues held = new HeldValues();

	/** When each of the last ticks began: then the one before had ended. */
	private final long[] starts = new long[STARTS];

	/** A node is due that was used so many ticks ago last. */
	private int dueAge = 1;

	/** No node that is held was used more ticks ago last. */
	private int oldestAge;

	/** The scan under way has not looked yet at the slots below. */
	private int toScan;

	/** The oldest node that the scan under way has met and left. */
	private int oldestScanned;

	/** The slot that the hand looks at next. */
	private int hand;

	/** The slots of the latest newcomers, or -1; made when the limit is reached. */
	private int[] newcomers = {};

	/** Where the oldest of them is. */
	private int oldestNewcomer;

	/** Whether the drain thread calls. */
	private boolean ticking;

	private long releasedByTime;

	private long releasedBySize;

	private long releasedByMemory;

	/**
	 * Create a window that holds nothing yet.
	 * @param holdNanos how long to hold, {@link Long#MAX_VALUE} for no limit
	 * @param holdMax how many to hold, {@link Integer#MAX_VALUE} for no limit
	 * @param cleaner has its thread let go
	 * @param owner refers to what has this window
	 * @param nanoTime tells the time
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
	 * A value was found or stored. To be called after the value was read.
	 * @param node its node
	 * @param value the value
	 */
	void use(HoldNode node, Object value) {
		// The value was read first: so this look is no earlier than the releaser's last.
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

	/** Returns whether nothing is left to be done. */
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
			start();
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

	private void start() {
		boolean started = false;
		try {
			CleanerInternals.hold(this.cleaner, this, this.owner);
			started = true;
		}
		finally {
			if (!started) {
				synchronized (this) {
					this.ticking = false;
				}
			}
		}
	}

	/**
	 * A node was unlinked: its value is held no longer, and is not held again.
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

	/** Under the lock: look at some more nodes. */
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
				// Left behind by somebody who had no stack to remove it.
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
	 * Under the lock: let go of a value unless its node was used since a mark was read.
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

	/** Under the lock: let go of a value, whose slot goes to a node that is held now. */
	private void releaseOne(HoldNode newcomer) {
		int place = this.oldestNewcomer;
		int slot = this.newcomers[place];
		if (slot < 0 || slot >= this.held.size() || !releaseUnused(slot, newcomer)) {
			slot = releaseByHand(newcomer);
		}
		this.newcomers[place] = slot;
		this.oldestNewcomer = (place + 1 < this.newcomers.length) ? place + 1 : 0;
	}

	/** Returns whether the value in a slot was let go, since it was not used. */
	private boolean releaseUnused(int slot, HoldNode newcomer) {
		HoldNode node = this.held.node(slot);
		int mark = node.mark;
		if (node == newcomer || node.slot != slot || (mark & USES) != 0 || !release(node, slot, mark)) {
			return false;
		}
		this.releasedBySize++;
		return true;
	}

	/** Returns the slot of the value that was let go, -1 if there is none. */
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

	/** Under the lock: no value is held any more, since the collector has taken all. */
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
		int rest = this.held.size();
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

	// Telling

	int heldCount() {
		return this.held.held();
	}

	synchronized HoldStats stats() {
		return new HoldStats(heldCount(), this.releasedByTime, this.releasedBySize, this.releasedByMemory);
	}

}
