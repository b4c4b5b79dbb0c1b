package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts hits and misses exactly, without an atomic instruction in the common case. A
 * {@link LongAdder} would add half again to a lookup, which takes ten nanoseconds.
 * <p>
 * The id of a thread selects a cell. The first thread that selects a cell owns it and is
 * the only one that writes it, with opaque stores. So no count is lost, and no count ever
 * decreases. HotSpot never reuses a thread id (a class of threads that overrides
 * {@code getId} must not either), so a cell never changes its owner, and is never freed.
 * Other threads that select the same cell use an adder: in an application that has had
 * many threads, most of them do. A cell is an array long enough that its counts share no
 * cache line of 64 bytes with anything else that is written.
 * <p>
 * A thread that counts reads its cell without ordering: the owner sees the cell that it
 * has created, and any other thread sees the owner's id, or 0, which is no thread's id.
 */
class LookupCounter {

	/** More than the number of threads in most pools; a power of two. */
	private static final int CELLS = 128;

	private static final int CELL_LENGTH = 24;

	private static final int OWNER = 8;

	private static final int HITS = 9;

	private static final int MISSES = 10;

	private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[][].class);

	private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

	private final long[][] cells = new long[CELLS][];

	private final LongAdder otherHits = new LongAdder();

	private final LongAdder otherMisses = new LongAdder();

	final void lookedUp(boolean hit) {
		long thread = Thread.currentThread().getId();
		int index = (int) thread & (CELLS - 1);
		long[] cell = this.cells[index];
		if (cell != null && cell[OWNER] == thread) {
			int field = hit ? HITS : MISSES;
			COUNT.setOpaque(cell, field, cell[field] + 1);
		}
		else {
			countElsewhere(thread, index, cell == null, hit);
		}
	}

	private void countElsewhere(long thread, int index, boolean free, boolean hit) {
		if (free) {
			long[] cell = new long[CELL_LENGTH];
			cell[OWNER] = thread;
			cell[hit ? HITS : MISSES] = 1;
			if (CELL.compareAndSet(this.cells, index, (long[]) null, cell)) {
				return;
			}
		}
		(hit ? this.otherHits : this.otherMisses).increment();
	}

	final long hits() {
		return this.otherHits.sum() + sum(HITS);
	}

	final long misses() {
		return this.otherMisses.sum() + sum(MISSES);
	}

	private long sum(int field) {
		long sum = 0;
		for (int i = 0; i < CELLS; i++) {
			long[] cell = (long[]) CELL.getAcquire(this.cells, i);
			sum += (cell != null) ? (long) COUNT.getOpaque(cell, field) : 0;
		}
		return sum;
	}

}
