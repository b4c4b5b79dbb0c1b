package io.weakref.collection;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The values that a {@link HoldWindow} holds, and the nodes that they belong to, in slots
 * without a gap: what is removed makes room for the last. A node knows its slot.
 * <p>
 * The nodes are held strongly. The values are held by one soft reference for all, so that
 * the collector gives up all of them before it lets anybody run out of memory; the nodes
 * are then still here, and {@link #areLost()} tells. Nothing here has the values at hand
 * while it allocates: a collection that comes then is the one that has to give them up.
 * <p>
 * All state is guarded by the lock of the window. What must not be done by half where the
 * stack or memory ends is done by writes to fields and array elements after the last
 * call.
 */
final class HeldValues {

	/** The slots in one array, but for the first, which grows to as many. */
	private static final int CHUNK = 256;

	/** The slots in the first array when it is made. */
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

	/** The number of values that are held, whether or not a loss was noticed. */
	int held() {
		return this.values.refersTo(null) ? 0 : this.size;
	}

	/**
	 * Whether the collector has given up the values. To ask protects them: a soft
	 * reference that was read after one garbage collection is not cleared by the next,
	 * unless memory ends.
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
			// There are none, so it may allocate.
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
		// From here on nothing is called: a half of this must not be left.
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
	 * Hold the value in a slot no longer. The node is not told.
	 */
	void remove(int slot) {
		int last = this.size - 1;
		int c = last >>> SHIFT;
		@Nullable HoldNode[] @Nullable [] nodes = this.nodes;
		@Nullable HoldNode[] nodeChunk = nodes[slot >>> SHIFT];
		@Nullable HoldNode[] lastNodeChunk = nodes[c];
		Values values = this.values.get();
		// From here on nothing is called: a half of this must not be left.
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

	/** Forget everything. The nodes are not told. */
	void clear() {
		this.nodes = new HoldNode[1][];
		this.values = new SoftReference<>(null);
		this.size = 0;
	}

	/** The strong side of the soft reference: the values by slot. */
	private static final class Values {

		private @Nullable Object[] @Nullable [] chunks = new Object[1][];

	}

}
