package io.weakref.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The shared references, which have no callback, found by the identity of their
 * referents. They need no cleaner and no thread.
 * <p>
 * A hash table keyed by {@link System#identityHashCode}, in {@value #SEGMENTS} segments
 * with open addressing and linear probing. A {@link Node} refers weakly to one
 * {@link WeakRef}, so a reference that nothing else refers to is garbage collected even
 * while its referent lives. The hash codes are in a separate array, so that a thread that
 * searches for a referent without a reference, or moves nodes to a larger table, need not
 * access the nodes.
 * <ul>
 * <li>A lookup that finds a reference takes no lock. All writes happen under the monitor
 * of a segment. They may move nodes during a lookup, so a lookup that finds nothing is
 * repeated under the monitor. What is found is always right: a node is published with
 * release semantics, and its reference is tested whether it refers to the object.</li>
 * <li>No user code runs under a monitor, and no thread holds two of them.</li>
 * <li>A node is dead if its reference was garbage collected or cleared. It stays until a
 * call meets it: after a garbage collection each insertion sweeps the next
 * {@value #SWEPT_AT_ONCE} slots of its segment, until it has swept all of them, or
 * {@value #SWEPT_IN_VAIN} in a row without finding a dead node. The sweep after the next
 * garbage collection continues where the previous one ended, so every slot has its turn
 * no matter how frequent garbage collections are. Before a segment grows, a sweep that is
 * not complete is completed for the whole segment. So the size of the table is bounded by
 * the number of live references.</li>
 * </ul>
 */
final class SharedReferences {

	static final SharedReferences INSTANCE = new SharedReferences();

	private static final int SEGMENTS = 64;

	private static final int SEGMENT_BITS = 6;

	private static final int MIN_SLOTS = 8;

	/**
	 * How many slots an insertion sweeps after a garbage collection: more than it fills.
	 */
	private static final int SWEPT_AT_ONCE = 8;

	/** The sweep ends after this many slots in a row without a dead node. */
	private static final int SWEPT_IN_VAIN = 256;

	private static final VarHandle NODE = MethodHandles.arrayElementVarHandle(Node[].class);

	private final Segment[] segments = new Segment[SEGMENTS];

	/** Cleared by a garbage collection, and replaced by the first thread that notices. */
	private volatile WeakReference<Object> canary = new WeakReference<>(new Object());

	SharedReferences() {
		for (int i = 0; i < SEGMENTS; i++) {
			this.segments[i] = new Segment(this);
		}
	}

	/**
	 * Find or create the shared reference of a referent.
	 * @param <T> the type of the referent
	 * @param referent the referent, which must be referenceable
	 * @return the shared reference
	 */
	@SuppressWarnings("unchecked")
	<T> WeakRef<T> share(T referent) {
		int hash = System.identityHashCode(referent);
		Segment segment = segment(hash);
		WeakRef<?> shared = segment.find(referent, hash);
		if (shared == null) {
			shared = segment.findOrAdd(referent, hash, new WeakRef<>(referent));
		}
		return (WeakRef<T>) shared;
	}

	/**
	 * Find the shared reference of a referent.
	 * @param referent the referent
	 * @return the shared reference, or {@code null} if there is none
	 */
	@Nullable WeakRef<?> find(Object referent) {
		int hash = System.identityHashCode(referent);
		Segment segment = segment(hash);
		synchronized (segment) {
			return segment.find(referent, hash);
		}
	}

	/**
	 * Remove the dead nodes.
	 * @return the number of references that are left
	 */
	int sweep() {
		int size = 0;
		for (Segment segment : this.segments) {
			synchronized (segment) {
				segment.rebuild();
				size += segment.size;
			}
		}
		return size;
	}

	/**
	 * Return the size of the table.
	 * @return the number of slots
	 */
	int slots() {
		int slots = 0;
		for (Segment segment : this.segments) {
			slots += segment.table.hashes.length;
		}
		return slots;
	}

	private Segment segment(int hash) {
		return this.segments[hash & (SEGMENTS - 1)];
	}

	/**
	 * Return a canary that was not cleared yet.
	 * @return the canary; a different one after each garbage collection
	 */
	private WeakReference<Object> canary() {
		WeakReference<Object> canary = this.canary;
		if (canary.refersTo(null)) {
			canary = new WeakReference<>(new Object());
			this.canary = canary;
		}
		return canary;
	}

	/** The node of one reference. */
	private static final class Node extends WeakReference<WeakRef<?>> {

		Node(WeakRef<?> shared) {
			super(shared);
		}

		@Nullable WeakRef<?> refTo(Object referent) {
			WeakRef<?> shared = get();
			return (shared != null && shared.isTo(referent)) ? shared : null;
		}

		boolean isDead() {
			WeakRef<?> shared = get();
			return shared == null || shared.refersTo(null);
		}

	}

	/** The slots of a segment. At least a quarter of them is empty. */
	private static final class Table {

		/** For each slot the {@link #tag} of the identity hash, or 0 if it is empty. */
		private final int[] hashes;

		private final @Nullable Node[] nodes;

		Table(int length) {
			this.hashes = new int[length];
			this.nodes = new Node[length];
		}

		/**
		 * The hash with the sign bit set, and so never 0. Identity hashes are not
		 * negative, so no information is lost.
		 */
		static int tag(int hash) {
			return hash | Integer.MIN_VALUE;
		}

		int slot(int tag) {
			return (tag >>> SEGMENT_BITS) & (this.hashes.length - 1);
		}

		int next(int slot) {
			return (slot + 1) & (this.hashes.length - 1);
		}

		boolean isEmpty(int slot) {
			return this.hashes[slot] == 0;
		}

		Node node(int slot) {
			return Objects.requireNonNull(this.nodes[slot]);
		}

		void set(int slot, int tag, Node node) {
			NODE.setRelease(this.nodes, slot, node);
			this.hashes[slot] = tag;
		}

		void add(int tag, Node node) {
			int slot = slot(tag);
			while (!isEmpty(slot)) {
				slot = next(slot);
			}
			set(slot, tag, node);
		}

		/**
		 * Empty a slot, and move into the gap the nodes that linear probing had put
		 * behind it.
		 */
		void remove(int slot) {
			int hole = slot;
			for (int next = next(hole); !isEmpty(next); next = next(next)) {
				int tag = this.hashes[next];
				int distance = (next - slot(tag)) & (this.hashes.length - 1);
				if (distance >= ((next - hole) & (this.hashes.length - 1))) {
					set(hole, tag, node(next));
					hole = next;
				}
			}
			this.hashes[hole] = 0;
			this.nodes[hole] = null;
		}

	}

	/**
	 * One hash table, guarded by its monitor. Only {@link #find} may be called without
	 * it.
	 */
	private static final class Segment {

		private final SharedReferences owner;

		private volatile Table table = new Table(MIN_SLOTS);

		private int size;

		/** The canary at the time when the latest sweep began. */
		private WeakReference<Object> canary;

		/** The next slot to sweep. */
		private int position;

		/** How many slots are still to be swept. */
		private int unswept;

		/** How many slots have been swept since the last dead node. */
		private int vain;

		Segment(SharedReferences owner) {
			this.owner = owner;
			this.canary = owner.canary;
		}

		@Nullable WeakRef<?> find(Object referent, int hash) {
			Table table = this.table;
			int tag = Table.tag(hash);
			int slot = table.slot(tag);
			// Bounded, because the search may never reach an empty slot while other
			// threads move nodes.
			for (int i = 0; i < table.hashes.length; i++) {
				int present = table.hashes[slot];
				if (present == 0) {
					return null;
				}
				if (present == tag) {
					Node node = (Node) NODE.getAcquire(table.nodes, slot);
					WeakRef<?> shared = (node != null) ? node.refTo(referent) : null;
					if (shared != null) {
						return shared;
					}
				}
				slot = table.next(slot);
			}
			return null;
		}

		synchronized WeakRef<?> findOrAdd(Object referent, int hash, WeakRef<?> candidate) {
			sweepSome();
			if (isFull()) {
				grow();
			}
			Table table = this.table;
			int tag = Table.tag(hash);
			int slot = table.slot(tag);
			while (!table.isEmpty(slot)) {
				if (table.hashes[slot] == tag) {
					WeakRef<?> shared = table.node(slot).refTo(referent);
					if (shared != null) {
						return shared;
					}
					if (table.node(slot).isDead()) {
						// Removed so that a reference that the user clears and creates
						// again, over and over, has only one node.
						remove(table, slot);
						continue;
					}
				}
				slot = table.next(slot);
			}
			table.set(slot, tag, new Node(candidate));
			this.size++;
			return candidate;
		}

		private void remove(Table table, int slot) {
			table.remove(slot);
			this.size--;
		}

		private boolean isFull() {
			return this.size >= this.table.hashes.length / 8 * 5;
		}

		private void sweepSome() {
			WeakReference<Object> canary = this.owner.canary();
			if (canary != this.canary) {
				this.canary = canary;
				this.unswept = this.table.hashes.length;
				this.vain = 0;
			}
			if (this.unswept > 0) {
				sweep(Math.min(SWEPT_AT_ONCE, this.unswept));
			}
		}

		private void sweep(int count) {
			Table table = this.table;
			for (int i = 0; i < count; i++) {
				int slot = this.position & (table.hashes.length - 1);
				this.vain++;
				while (!table.isEmpty(slot) && table.node(slot).isDead()) {
					remove(table, slot);
					this.vain = 0;
				}
				this.position = slot + 1;
			}
			this.unswept = (this.vain < SWEPT_IN_VAIN) ? this.unswept - count : 0;
			if (this.size < table.hashes.length / 16 && table.hashes.length > MIN_SLOTS) {
				rebuild();
			}
		}

		private void grow() {
			if (this.unswept > 0) {
				rebuild();
			}
			if (isFull()) {
				move(this.table.hashes.length * 2, (node) -> true);
			}
		}

		/** Remove all dead nodes, and choose the size for the others. */
		private void rebuild() {
			int live = 0;
			for (Node node : this.table.nodes) {
				if (node != null && !node.isDead()) {
					live++;
				}
			}
			int length = MIN_SLOTS;
			while (live >= length / 2) {
				length *= 2;
			}
			move(length, (node) -> !node.isDead());
			this.unswept = 0;
		}

		private void move(int length, Predicate<Node> kept) {
			Table source = this.table;
			Table target;
			try {
				target = new Table(length);
			}
			catch (OutOfMemoryError ex) {
				if (this.size >= source.hashes.length / 4 * 3) {
					throw ex;
				}
				return;
			}
			int moved = 0;
			for (int slot = 0; slot < source.hashes.length; slot++) {
				int tag = source.hashes[slot];
				if (tag != 0 && kept.test(source.node(slot))) {
					target.add(tag, source.node(slot));
					moved++;
				}
			}
			this.size = moved;
			this.table = target;
		}

	}

}
