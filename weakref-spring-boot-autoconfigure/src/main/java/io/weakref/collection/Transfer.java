package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * A resize under way: the array that is left, the array that is moved to, and how far it
 * has come. Its progress is written in ways that call nothing, so that it can be recorded
 * by a mover that has run out of stack.
 */
final class Transfer {

	private static final VarHandle NEXT;

	static {
		try {
			NEXT = MethodHandles.lookup().findVarHandle(Transfer.class, "next", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final @Nullable Node[] from;

	final @Nullable Node[] to;

	/** What stands in each bin that has moved. */
	final ForwardingNode forward;

	/** The next bin to take up. Set back where a mover failed. */
	volatile int next;

	/** How many bins have moved; guarded by this. */
	int moved;

	Transfer(@Nullable Node[] from, @Nullable Node[] to) {
		this.from = from;
		this.to = to;
		this.forward = new ForwardingNode(to, null);
	}

	/**
	 * Take up the next bin.
	 * @return whether the caller is the one to move it
	 */
	boolean take(int bin) {
		return NEXT.compareAndSet(this, bin, bin + 1);
	}

}
