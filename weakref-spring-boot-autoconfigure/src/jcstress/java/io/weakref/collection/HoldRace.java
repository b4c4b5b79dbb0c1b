package io.weakref.collection;

import java.lang.ref.WeakReference;

import io.weakref.cleaner.WeakCleaner;

/**
 * A held value for a race of its user and the drain thread, which is about to let go of
 * it: a scan has begun for which the value is due.
 */
class HoldRace {

	private static final WeakCleaner cleaner = WeakCleaner.builder().build();

	private static final long TICK = 250_000_000;

	private final Object value = new Object();

	private final HoldNode node = new HoldNode(1, "key", this.value);

	private long nanos;

	private final HoldWindow window = new HoldWindow(TICK, Integer.MAX_VALUE, cleaner, new WeakReference<>(null),
			() -> this.nanos, 1);

	HoldRace() {
		this.window.use(this.node, this.value);
		for (int tick = 1; tick <= 2; tick++) {
			this.nanos = tick * TICK;
			this.window.step();
		}
	}

	final void use() {
		Object found = this.node.get();
		if (found != null) {
			this.window.use(this.node, found);
		}
	}

	final void letGo() {
		this.window.step();
	}

	/** Let go of the value even if it was used since the scan read its mark. */
	final void letGoBlindly() {
		synchronized (this.window) {
			int slot = this.node.slot;
			this.node.slot = HoldNode.NOT_HELD;
			this.node.mark = HoldNode.NO_MARK;
			this.window.held.remove(slot);
		}
	}

	final int isHeld() {
		return (this.node.isHeld() && this.window.heldCount() == 1) ? 1 : 0;
	}

}
