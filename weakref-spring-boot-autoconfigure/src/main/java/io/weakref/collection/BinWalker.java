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

	private final @Nullable Node[] base;

	private int next;

	private Node[] nodes = new Node[4];

	private int size;

	BinWalker(@Nullable Node[] base) {
		this.base = base;
	}

	/**
	 * Go to the next bin that has nodes.
	 * @return whether there was one
	 */
	boolean advance() {
		this.size = 0;
		while (this.size == 0 && this.next < this.base.length) {
			gather(this.base, this.next);
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

	/** Collect the nodes of one bin of the base array from where they are now. */
	private void gather(@Nullable Node[] bins, int i) {
		int start = this.size;
		boolean twins = false;
		while (true) {
			Node head = WeakTable.at(bins, i);
			if (head instanceof Forward forward) {
				forward.awaitMoved();
				gatherForwarded(bins.length, i, forward.to);
				return;
			}
			if (head == null) {
				return;
			}
			if (twins) {
				synchronized (head) {
					if (WeakTable.at(bins, i) == head) {
						collect(head, start);
						return;
					}
				}
			}
			else {
				twins = collect(head, start);
				if (!twins && !(WeakTable.at(bins, i) instanceof Forward)) {
					return;
				}
			}
			this.size = start;
		}
	}

	private void gatherForwarded(int length, int i, @Nullable Node[] to) {
		if (to.length < length) {
			gather(to, i & (to.length - 1));
		}
		for (int j = i; j < to.length; j += length) {
			gather(to, j);
		}
	}

	/**
	 * Collect a chain.
	 * @return whether two nodes have one hash: they might be one key that was removed and
	 * put again meanwhile
	 */
	private boolean collect(Node head, int start) {
		boolean twins = false;
		for (Node e = head; e != null; e = e.next) {
			if (e.hash >= 0 && (e.hash & (this.base.length - 1)) == this.next) {
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
