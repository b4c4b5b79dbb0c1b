package io.weakref.collection;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Walks through a table node by node. Weakly consistent: every entry that is present
 * during the whole walk is returned once, and no key is returned twice. The walk visits
 * the bins of the array that was current at its start. If the nodes of a bin have moved
 * since, they are found by their hashes in the array that has them now.
 * <p>
 * A walker is for one thread.
 */
final class BinWalker {

	private final WeakTable<?, ?> table;

	private final @Nullable Node[] base;

	private final boolean reservations;

	/** The next bin of the base to visit; bin 0 follows the last bin. */
	private int bin;

	/** How many bins of the base are still to be visited. */
	private int binsLeft;

	/** The first of the bins that were tested last, see {@link #lookAhead}. */
	private int ahead;

	/** A bit for each of these bins that was not empty and is still to be visited. */
	private long occupied;

	/**
	 * The nodes of the last bin that had several; each is dropped when it is returned.
	 */
	private @Nullable Node[] nodes = new @Nullable Node[4];

	private int size;

	private int position;

	BinWalker(WeakTable<?, ?> table, @Nullable Node[] base) {
		this(table, base, 0, false);
	}

	/**
	 * Begin at a given bin.
	 * @param from the bin
	 */
	BinWalker(WeakTable<?, ?> table, @Nullable Node[] base, int from) {
		this(table, base, from, false);
	}

	private BinWalker(WeakTable<?, ?> table, @Nullable Node[] base, int from, boolean reservations) {
		this.table = table;
		this.base = base;
		this.bin = from;
		this.binsLeft = base.length;
		this.reservations = reservations;
	}

	/** Create a walker that returns reservations, too. */
	static BinWalker overReservations(WeakTable<?, ?> table, @Nullable Node[] base) {
		return new BinWalker(table, base, 0, true);
	}

	/**
	 * Go to the next node.
	 * @return a node, which may be dead and, unless reservations were asked for, is an
	 * entry; {@code null} at the end
	 */
	@Nullable Node next() {
		while (this.position == this.size) {
			while (this.occupied == 0) {
				if (this.binsLeft == 0) {
					return null;
				}
				lookAhead();
			}
			int i = this.ahead + Long.numberOfTrailingZeros(this.occupied);
			this.occupied &= this.occupied - 1;
			Node head = WeakTable.at(this.base, i);
			if (head == null) {
				continue;
			}
			if (head.hash >= 0 && head.next == null && WeakTable.at(this.base, i) == head) {
				return head;
			}
			this.position = 0;
			this.size = 0;
			if (!gatherChain(i, head)) {
				this.size = 0;
				gather(this.base, this.base.length - 1, i);
			}
		}
		Node node = this.nodes[this.position];
		this.nodes[this.position++] = null;
		return node;
	}

	/**
	 * Find the next bins that are not empty without a branch for each bin: the processor
	 * cannot predict whether a bin is empty.
	 */
	private void lookAhead() {
		int from = (this.bin < this.base.length) ? this.bin : 0;
		int count = Math.min(Math.min(this.base.length - from, this.binsLeft), Long.SIZE);
		long occupied = 0;
		for (int i = 0; i < count; i++) {
			long bit = (WeakTable.at(this.base, from + i) != null) ? 1 : 0;
			occupied |= bit << i;
		}
		this.ahead = from;
		this.occupied = occupied;
		this.bin = from + count;
		this.binsLeft -= count;
	}

	/**
	 * Gather a short chain that does not change in the meantime. Small enough for the JIT
	 * compiler to inline into an iteration.
	 * @return {@code false} if {@link #gather} must do it
	 */
	private boolean gatherChain(int bin, Node head) {
		Node e = head;
		while (e != null) {
			Node next = e.next;
			if ((e.hash & ((this.base.length - 1) | Integer.MIN_VALUE)) != bin || next == e
					|| this.size == this.nodes.length || hasHash(0, e.hash)) {
				return false;
			}
			this.nodes[this.size++] = e;
			e = next;
		}
		return !WeakTable.isElsewhere(this.base, bin, head);
	}

	/**
	 * Gather every node with {@code (hash & mask) == wanted} from the arrays that have
	 * them now. The mask only gets longer in the recursion, so no node is gathered twice.
	 */
	private void gather(@Nullable Node[] bins, int mask, int wanted) {
		int start = this.size;
		boolean locked = false;
		while (true) {
			if (bins.length - 1 > mask) {
				for (int i = wanted; i < bins.length; i += mask + 1) {
					gather(bins, bins.length - 1, i);
				}
				return;
			}
			int i = wanted & (bins.length - 1);
			Node head = WeakTable.at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = this.table.skipToCurrent(bins, i, forward);
				continue;
			}
			if (head == null) {
				return;
			}
			if (locked) {
				synchronized (head) {
					if (WeakTable.at(bins, i) == head) {
						collect(head, start, mask, wanted);
						return;
					}
				}
			}
			else {
				locked = !collect(head, start, mask, wanted);
				if (!locked && !WeakTable.isElsewhere(bins, i, head)) {
					return;
				}
			}
			this.size = start;
		}
	}

	/**
	 * Gather a chain.
	 * @return {@code false} if it must be gathered under the lock of the bin: because a
	 * node was unlinked in the meantime, or because two nodes have the same hash and may
	 * be the same key, removed and put again in the meantime
	 */
	private boolean collect(Node head, int start, int mask, int wanted) {
		boolean sound = true;
		Node next;
		for (Node e = head; e != null; e = next) {
			if ((e.hash & mask) == wanted) {
				if (e.hash < 0) {
					collectSpecial(e);
				}
				else {
					sound = sound && !hasHash(start, e.hash);
					add(e);
				}
			}
			next = e.next;
			if (next == e) {
				return false;
			}
		}
		return sound;
	}

	/** Whether one of the nodes gathered from an index on has a hash. */
	private boolean hasHash(int start, int hash) {
		for (int k = start; k < this.size; k++) {
			Node e = this.nodes[k];
			if (e != null && e.hash == hash) {
				return true;
			}
		}
		return false;
	}

	private void collectSpecial(Node e) {
		if (e instanceof ReservationNode && this.reservations) {
			add(e);
		}
		else if (e instanceof OrderedNodes ordered) {
			for (Node[] chunk : ordered.chunks()) {
				for (Node node : chunk) {
					if (this.reservations || !(node instanceof ReservationNode reservation)) {
						add(node);
					}
					else if (reservation.prior != null) {
						add(reservation.prior);
					}
				}
			}
		}
	}

	private void add(Node e) {
		if (this.size == this.nodes.length) {
			this.nodes = Arrays.copyOf(this.nodes, this.size * 2);
		}
		this.nodes[this.size++] = e;
	}

}
