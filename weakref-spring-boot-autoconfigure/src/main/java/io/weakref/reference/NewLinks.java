package io.weakref.reference;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The links of a registry that are not in a bin yet, in lock-free stacks: several for
 * each stripe. Threads that register at the same time push onto different stacks of a
 * stripe, as far as possible, so that none waits for a cache line of another.
 * <p>
 * Any thread may push. Links are popped only under the monitor of their stripe. A link
 * that has left a stack never comes back, and the link below another never changes (so
 * there is no ABA problem).
 */
final class NewLinks {

	private static final int MAX_ROW_BITS = 4;

	private static final int ROW_BITS = rowBits(Runtime.getRuntime().availableProcessors());

	private final int stripes;

	/** A thread uses one row, which has one stack for each stripe. */
	private final int rowBits;

	/**
	 * The tops of the stacks. Between two rows as many slots stay empty, so rows have no
	 * cache line in common. So do as many before the first row, because the length of the
	 * array, which every access reads, lies there.
	 */
	private final AtomicReferenceArray<@Nullable ChainLink> tops;

	NewLinks(int stripes) {
		this(stripes, ROW_BITS);
	}

	NewLinks(int stripes, int rowBits) {
		this.stripes = stripes;
		this.rowBits = rowBits;
		this.tops = new AtomicReferenceArray<>(place(1 << rowBits, 0));
	}

	/** At least twice as many rows as processors, up to 16. */
	private static int rowBits(int processors) {
		return Math.min(Integer.SIZE - Integer.numberOfLeadingZeros(processors * 2 - 1), MAX_ROW_BITS);
	}

	private int place(int row, int stripe) {
		return (row * 2 + 1) * this.stripes + stripe;
	}

	/**
	 * Return the row of the current thread. Calls {@link Thread#getId}, which the user
	 * may have overridden, so it must not be called under a monitor.
	 * @return the row that the current thread pushes onto
	 */
	int row() {
		// Fibonacci hashing, so that threads with consecutive identifiers have different
		// rows: Knuth, The Art of Computer Programming, volume 3, section 6.4.
		long hash = Thread.currentThread().getId() * 0x9E37_79B9_7F4A_7C15L;
		// In two steps, because a shift by 64 would be none.
		return (int) (hash >>> 1 >>> (Long.SIZE - 1 - this.rowBits));
	}

	/**
	 * Push a link onto the stack that the current thread uses.
	 * @param stripe the number of the stripe of the link
	 * @param link a link that is nowhere yet
	 */
	void push(int stripe, ChainLink link) {
		int place = place(row(), stripe);
		ChainLink top;
		do {
			top = this.tops.get(place);
			link.next = top;
		}
		while (!this.tops.compareAndSet(place, top, link));
	}

	/**
	 * Return how many stacks a stripe has.
	 * @return the number of rows
	 */
	int rows() {
		return 1 << this.rowBits;
	}

	boolean isEmpty(int row, int stripe) {
		return this.tops.get(place(row, stripe)) == null;
	}

	/**
	 * Take all links off a stack. The caller holds the monitor of the stripe.
	 * @param row the row of the stack
	 * @param stripe the number of the stripe
	 * @return the one that was pushed last, which leads to the others, or {@code null} if
	 * there is none
	 */
	@Nullable ChainLink popAll(int row, int stripe) {
		int place = place(row, stripe);
		ChainLink top;
		do {
			// Not getAndSet(), which calls a method after the write: without stack, that
			// would lose all links.
			top = this.tops.get(place);
		}
		while (!this.tops.compareAndSet(place, top, null));
		return top;
	}

	/**
	 * Take a link off a stack if it is at the top. The caller holds the monitor of the
	 * stripe.
	 * @param row the row of the stack
	 * @param stripe the number of the stripe of the link
	 * @param link the link
	 * @return whether it was at the top
	 */
	boolean pop(int row, int stripe, ChainLink link) {
		int place = place(row, stripe);
		return this.tops.get(place) == link && this.tops.compareAndSet(place, link, link.next);
	}

}
