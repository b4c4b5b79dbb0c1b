package io.weakref.collection;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The values that a {@link HoldWindow} holds, and the nodes that they belong to. Both are
 * in slots without gaps: when one is removed, the last one moves into its slot. A node
 * knows its slot.
 * <p>
 * The nodes are held strongly. The values are held by a single soft reference, so that
 * the garbage collector clears all of them before it lets the JVM run out of memory. The
 * nodes are then still here, and {@link #areLost()} returns {@code true}. No method keeps
 * a strong reference to the values while it allocates, because the garbage collection
 * that such an allocation causes must be able to clear them.
 * <p>
 * All state is guarded by the lock of the window. A change that must not be left half
 * done when stack or memory runs out is made by writes to fields and array elements after
 * the last method call.
 */
final class HeldValues {

	/**
	 * The number of slots in one array. The first array starts smaller and grows to it.
	 */
	private static final int CHUNK = 256;

	/** The number of slots in the first array when it is created. */
	private static final int FEW = 8;

	private static final int SHIFT = Integer.numberOfTrailingZeros(CHUNK);

	private static final int MASK = CHUNK - 1;

	private @Nullable HoldNode[] @Nullable [] nodes = new HoldNode[1][];

	private SoftReference<Values> values = new SoftReference<>(null);

	private volatile int size;

	/** The number of nodes whose values are held, or were until they were lost. */
	int size() {
		return this.size;
	}

	/**
	 * The number of values that are held: 0 once they are lost, even if nothing has
	 * noticed that yet.
	 */
	int held() {
		return this.values.refersTo(null) ? 0 : this.size;
	}

	/**
	 * Whether the garbage collector has cleared the values. The call itself protects
	 * them: a soft reference that was read after one garbage collection is not cleared by
	 * the next, unless memory runs out.
	 */
	boolean areLost() {
		return this.size > 0 && this.values.get() == null;
	}

	/** The node in a slot. */
	HoldNode node(int slot) {
		@Nullable HoldNode[] chunk = Objects.requireNonNull(this.nodes[slot >>> SHIFT]);
		return Objects.requireNonNull(chunk[slot & MASK]);
	}

	/**
	 * Hold the value of a node.
	 * @return {@code false} if the other values are lost; then nothing has changed
	 * @throws OutOfMemoryError with nothing changed
	 */
	boolean add(HoldNode node, Object value) {
		int slot = this.size;
		int c = slot >>> SHIFT;
		@Nullable HoldNode[] @Nullable [] nodes = this.nodes;
		@Nullable Object[] @Nullable [] valueChunks = null;
		if (c == nodes.length) {
			nodes = Arrays.copyOf(nodes, 2 * c);
			valueChunks = new Object[2 * c][];
		}
		@Nullable HoldNode[] nodeChunk = nodes[c];
		@Nullable Object[] valueChunk = null;
		if (nodeChunk == null) {
			nodeChunk = new HoldNode[(c == 0) ? FEW : CHUNK];
			valueChunk = new Object[nodeChunk.length];
		}
		else if ((slot & MASK) == nodeChunk.length) {
			nodeChunk = Arrays.copyOf(nodeChunk, 2 * nodeChunk.length);
			valueChunk = new Object[nodeChunk.length];
		}
		Values values = this.values.get();
		if (values == null) {
			if (slot > 0) {
				return false;
			}
			// No values are held yet, so allocating is safe here.
			values = new Values();
			values.chunks[0] = new Object[nodeChunk.length];
			this.values = new SoftReference<>(values);
		}
		if (valueChunks == null) {
			valueChunks = values.chunks;
		}
		else {
			System.arraycopy(values.chunks, 0, valueChunks, 0, values.chunks.length);
		}
		@Nullable Object[] presentChunk = valueChunks[c];
		if (valueChunk != null && presentChunk != null) {
			System.arraycopy(presentChunk, 0, valueChunk, 0, presentChunk.length);
		}
		// No method calls from here on: this must not be left half done.
		valueChunk = (valueChunk != null) ? valueChunk : presentChunk;
		if (valueChunk != null) {
			nodeChunk[slot & MASK] = node;
			valueChunk[slot & MASK] = value;
			nodes[c] = nodeChunk;
			valueChunks[c] = valueChunk;
			values.chunks = valueChunks;
			this.nodes = nodes;
			this.size = slot + 1;
			node.slot = slot;
		}
		return true;
	}

	/**
	 * Stop holding the value in a slot. Does not change the node of that slot.
	 */
	void remove(int slot) {
		int last = this.size - 1;
		int c = last >>> SHIFT;
		@Nullable HoldNode[] @Nullable [] nodes = this.nodes;
		@Nullable HoldNode[] nodeChunk = nodes[slot >>> SHIFT];
		@Nullable HoldNode[] lastNodeChunk = nodes[c];
		Values values = this.values.get();
		// No method calls from here on: this must not be left half done.
		@Nullable Object[] @Nullable [] valueChunks = (values != null) ? values.chunks : null;
		if (valueChunks != null) {
			@Nullable Object[] valueChunk = valueChunks[slot >>> SHIFT];
			@Nullable Object[] lastValueChunk = valueChunks[c];
			if (valueChunk != null && lastValueChunk != null) {
				valueChunk[slot & MASK] = lastValueChunk[last & MASK];
				lastValueChunk[last & MASK] = null;
			}
			if (c + 1 < valueChunks.length) {
				valueChunks[c + 1] = null;
			}
		}
		if (nodeChunk != null && lastNodeChunk != null) {
			HoldNode moved = lastNodeChunk[last & MASK];
			nodeChunk[slot & MASK] = moved;
			if (moved != null && moved.slot == last) {
				moved.slot = slot;
			}
			lastNodeChunk[last & MASK] = null;
		}
		if (c + 1 < nodes.length) {
			nodes[c + 1] = null;
		}
		this.size = last;
	}

	/** Drop everything. Does not change the nodes. */
	void clear() {
		this.nodes = new HoldNode[1][];
		this.values = new SoftReference<>(null);
		this.size = 0;
	}

	/** The referent of the soft reference: the values by slot. */
	private static final class Values {

		private @Nullable Object[] @Nullable [] chunks = new Object[1][];

	}

}
