package io.weakref.collection;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Goes through the table node by node, weakly consistent: every entry that is there
 * throughout is shown once, no key twice. The bins are those of the array that was
 * current at the start; where their nodes have moved since, they are looked up by their
 * hashes in the array that has them now.
 */
final class BinWalker {

	private final WeakTable<?, ?> table;

	private final @Nullable Node[] base;

	/** The next bin of the base to look at. */
	private int bin;

	/** The first of the bins that were looked at last. */
	private int ahead;

	/** A bit for each of them that had something in it and was not gone through yet. */
	private long occupied;

	/** The nodes of the last bin that had several; those shown are let go. */
	private @Nullable Node[] nodes = new @Nullable Node[4];

	private int size;

	private int position;

	BinWalker(WeakTable<?, ?> table, @Nullable Node[] base) {
		this.table = table;
		this.base = base;
	}

	/**
	 * Go to the next node.
	 * @return a node that is no claim, and may be dead; {@code null} at the end
	 */
	@Nullable Node next() {
		while (this.position == this.size) {
			while (this.occupied == 0) {
				if (this.bin == this.base.length) {
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
			gather(this.base, this.base.length - 1, i);
		}
		Node node = this.nodes[this.position];
		this.nodes[this.position++] = null;
		return node;
	}

	/**
	 * Find the occupied ones of the next bins without a branch for each: whether a bin is
	 * empty is what a processor cannot foresee.
	 */
	private void lookAhead() {
		int from = this.bin;
		int count = Math.min(this.base.length - from, Long.SIZE);
		long occupied = 0;
		for (int i = 0; i < count; i++) {
			long bit = (WeakTable.at(this.base, from + i) != null) ? 1 : 0;
			occupied |= bit << i;
		}
		this.ahead = from;
		this.occupied = occupied;
		this.bin = from + count;
	}

	/**
	 * Collect the nodes whose hashes have the wanted bits under a mask from where they
	 * are now. The mask only grows on the way, so no node is collected twice.
	 */
	private void gather(@Nullable Node[] bins, int mask, int wanted) {
		int start = this.size;
		boolean twins = false;
		while (true) {
			if (bins.length - 1 > mask) {
				for (int i = wanted; i < bins.length; i += mask + 1) {
					gather(bins, bins.length - 1, i);
				}
				return;
			}
			int i = wanted & (bins.length - 1);
			Node head = WeakTable.at(bins, i);
			if (head instanceof Forward forward) {
				bins = this.table.leave(bins, forward);
				continue;
			}
			if (head == null) {
				return;
			}
			if (twins) {
				synchronized (head) {
					if (WeakTable.at(bins, i) == head) {
						collect(head, start, mask, wanted);
						return;
					}
				}
			}
			else {
				twins = collect(head, start, mask, wanted);
				if (!twins && !(WeakTable.at(bins, i) instanceof Forward)) {
					return;
				}
			}
			this.size = start;
		}
	}

	/**
	 * Collect a chain.
	 * @return whether two nodes have one hash: they might be one key that was removed and
	 * put again meanwhile
	 */
	private boolean collect(Node head, int start, int mask, int wanted) {
		boolean twins = false;
		for (Node e = head; e != null; e = e.next) {
			if (e.hash >= 0 && (e.hash & mask) == wanted) {
				for (int k = start; k < this.size && !twins; k++) {
					twins = this.nodes[k].hash == e.hash;
				}
				if (this.size == this.nodes.length) {
					this.nodes = Arrays.copyOf(this.nodes, this.size * 2);
				}
				this.nodes[this.size++] = e;
			}
		}
		return twins;
	}

}
