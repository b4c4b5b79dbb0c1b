package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a table with weak values that are held for a while, see {@link HoldWindow}.
 * An instance takes exactly 48 bytes with compressed references (measured with JOL).
 */
final class HoldNode extends Node {

	/** The {@link #slot} of a node whose value is not held. */
	static final int NOT_HELD = -1;

	/** The {@link #slot} of a node that is no longer in the table. Final. */
	static final int UNLINKED = -2;

	/** The {@link #mark} of a node whose value is not held. */
	static final int NO_MARK = 0;

	private static final VarHandle MARK;

	static {
		try {
			MARK = MethodHandles.lookup().findVarHandle(HoldNode.class, "mark", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * When and how often the value was used, in the format of {@link HoldWindow}. Written
	 * by CAS, or plainly where the value is not held. Read plainly only where a stale
	 * mark does no harm.
	 */
	int mark;

	/** The slot in which the value is held. Written under the lock of the window. */
	volatile int slot = NOT_HELD;

	HoldNode(int hash, @Nullable Object strong, @Nullable Object referent) {
		super(hash, strong, referent);
	}

	boolean isHeld() {
		return this.slot >= 0;
	}

	int markVolatile() {
		return (int) MARK.getVolatile(this);
	}

	boolean compareAndSetMark(int expected, int mark) {
		return MARK.compareAndSet(this, expected, mark);
	}

}
