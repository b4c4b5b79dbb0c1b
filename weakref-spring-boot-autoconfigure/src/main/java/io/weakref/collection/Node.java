package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a {@link WeakTable}: the weak reference to the weak side, which carries the
 * strong side, the hash and the link to the next node of its bin. On no reference queue.
 * <p>
 * With its header it fills 40 bytes where references are compressed (JOL), so a field
 * more would cost every entry 8 bytes.
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

	/** The spread hash of the key, not negative; negative in the special nodes. */
	final int hash;

	/**
	 * The strong side. A key never changes once the node is linked, so it may be read
	 * plainly when the node was reached; a value may, and is read by
	 * {@link #valueAcquire()}.
	 */
	@Nullable Object strong;

	/**
	 * The next node of the bin; the node itself once it was unlinked, so that nobody who
	 * keeps the node keeps what followed it. Written under the lock of the bin.
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
	 * Under the lock of the bin. A volatile store: whoever returns from a call that
	 * replaced a value has shown it to all.
	 */
	final void setValueVolatile(Object value) {
		STRONG.setVolatile(this, value);
	}

	/** Under the lock of the bin. A release store: the lock orders the writers. */
	final void setNextRelease(@Nullable Node next) {
		NEXT.setRelease(this, next);
	}

	/** Link a node that is not published yet: needs no fence. */
	final void setNextPlain(@Nullable Node next) {
		NEXT.set(this, next);
	}

	/** Whether the referent of this entry was cleared. */
	final boolean isDead() {
		return this.hash >= 0 && refersTo(null);
	}

	/** Whether a sweep finds something to remove here. */
	final boolean needsSweep() {
		return (this.hash >= 0) ? refersTo(null) : holdsGarbage();
	}

	/** For the special nodes. */
	boolean holdsGarbage() {
		return false;
	}

}
