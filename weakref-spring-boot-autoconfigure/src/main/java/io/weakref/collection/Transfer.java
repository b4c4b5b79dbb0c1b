package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * A resize in progress: the old array, the new array, and how many bins have moved. A
 * thread that fails may be unable to count the bins that it has moved. It only sets
 * {@link #failed}; from then on, the thread that reaches the end looks at each bin.
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

	/** The head of each old bin that has moved. */
	final ForwardingNode forward;

	/** The next bin to move. Reset to 0 when moving a bin has failed. */
	volatile int next;

	/** Whether moving bins has failed, so that some may not be counted. */
	volatile boolean failed;

	/** How many bins have moved, except by calls that failed; guarded by this. */
	int moved;

	Transfer(@Nullable Node[] from, @Nullable Node[] to) {
		this.from = from;
		this.to = to;
		this.forward = new ForwardingNode(to, null);
	}

	/**
	 * Claim the next bin.
	 * @return whether the caller has claimed it and must move it
	 */
	boolean take(int bin) {
		return NEXT.compareAndSet(this, bin, bin + 1);
	}

}
