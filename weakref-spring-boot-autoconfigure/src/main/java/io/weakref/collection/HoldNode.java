package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a table with weak values that are held for a while, see {@link HoldWindow}.
 * With its header it fills 48 bytes where references are compressed (JOL).
 */
final class HoldNode extends Node {

	/** The {@link #slot} of a node whose value is not held. */
	static final int NOT_HELD = -1;

	/** The {@link #slot} of a node that is not in the table any more, which is final. */
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
	 * When and how often the value was used, in the format of {@link HoldWindow}. Changed
	 * by compare-and-set, read plainly only by who is content with what was there before.
	 */
	int mark;

	/** Where the value is held. Written under the lock of the window. */
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
