package io.weakref.collection;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Goes through the table bin by bin, weakly consistent: every entry that is there
 * throughout is shown once, no key twice. The bins are those of the array that was
 * current at the start; where their nodes have moved since, they are looked up by their
 * hashes in the array that has them now.
 */
final class BinWalker {

	private final WeakTable<?, ?> table;

	private final @Nullable Node[] base;

	private int next;

	private Node[] nodes = new Node[4];

	private int size;

	BinWalker(WeakTable<?, ?> table, @Nullable Node[] base) {
		this.table = table;
		this.base = base;
	}

	/**
	 * Go to the next bin that has nodes.
	 * @return whether there was one
	 */
	boolean advance() {
		this.size = 0;
		while (this.size == 0 && this.next < this.base.length) {
			gather(this.base, this.base.length - 1, this.next);
			this.next++;
		}
		return this.size > 0;
	}

	int size() {
		return this.size;
	}

	Node node(int i) {
		return this.nodes[i];
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
