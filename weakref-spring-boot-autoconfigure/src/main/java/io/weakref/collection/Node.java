package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a {@link WeakTable}: the weak reference to the weak side, with fields for
 * the strong side, the hash and the next node of its bin. Not registered with a reference
 * queue.
 * <p>
 * An instance takes exactly 40 bytes with compressed references (measured with JOL), so
 * one more field would cost every entry 8 bytes.
 */
class Node extends WeakReference<@Nullable Object> {

	/** The bits of {@link #hash} that come from the key. */
	static final int HASH_BITS = 0x7fffffff;

	private static final VarHandle NEXT;

	private static final VarHandle STRONG;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			NEXT = lookup.findVarHandle(Node.class, "next", Node.class);
			STRONG = lookup.findVarHandle(Node.class, "strong", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The spread hash of the key, not negative; negative in special nodes. */
	final int hash;

	/**
	 * The strong side. A key never changes after the node was linked, so a thread that
	 * has reached the node may read it plainly. A value may change and is read by
	 * {@link #valueAcquire()}.
	 */
	@Nullable Object strong;

	/**
	 * The next node of the bin. Once the node was unlinked, the node itself, so that a
	 * thread that keeps the node does not keep its successors reachable. Written under
	 * the lock of the bin.
	 */
	volatile @Nullable Node next;

	Node(int hash, @Nullable Object strong, @Nullable Object referent) {
		super(referent);
		this.hash = hash;
		this.strong = strong;
	}

	/** The strong side of a node with a weak key. */
	final @Nullable Object valueAcquire() {
		return STRONG.getAcquire(this);
	}

	/**
	 * Set the strong side of a node with a weak key, under the lock of the bin. A
	 * volatile store, so that a new value is visible to all threads when the call that
	 * replaced it returns.
	 */
	final void setValueVolatile(Object value) {
		STRONG.setVolatile(this, value);
	}

	/**
	 * Set the next node, under the lock of the bin. A release store is enough because the
	 * lock orders the writers.
	 */
	final void setNextRelease(@Nullable Node next) {
		NEXT.setRelease(this, next);
	}

	/** Set the next node of a node that is not published yet, which needs no fence. */
	final void setNextPlain(@Nullable Node next) {
		NEXT.set(this, next);
	}

	/** Whether the referent of this entry was cleared. */
	final boolean isDead() {
		return this.hash >= 0 && refersTo(null);
	}

	/** Whether a sweep has something to remove here. */
	final boolean needsSweep() {
		return (this.hash >= 0) ? refersTo(null) : holdsGarbage();
	}

	/** Whether a sweep has something to remove in a special node. */
	boolean holdsGarbage() {
		return false;
	}

}
