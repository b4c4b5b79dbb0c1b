package io.weakref.reference;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A table of shared references for a race of two threads. The referents are static, so
 * they stay alive. All of them belong to the same slot of the same segment, so each one is
 * found only after those that were added before it.
 */
class SharedReferenceRace {

	/** The identity hash codes of the referents are equal in these bits. */
	private static final int SAME_SLOT = 511;

	/** One more than the smallest table takes without growing. */
	private static final int COUNT = 6;

	private static final List<Object> REFERENTS = new ArrayList<>();

	static {
		Object first = new Object();
		REFERENTS.add(first);
		while (REFERENTS.size() < COUNT) {
			Object next = new Object();
			if (((System.identityHashCode(next) ^ System.identityHashCode(first)) & SAME_SLOT) == 0) {
				REFERENTS.add(next);
			}
		}
	}

	private final SharedReferences references = new SharedReferences();

	/** What {@link #share} has returned, so that it stays alive. */
	final @Nullable WeakRef<?>[] shared = new WeakRef<?>[COUNT];

	/** Share all referents but the last, so that the next one makes the segment grow. */
	final void fill() {
		for (int i = 0; i < COUNT - 1; i++) {
			this.shared[i] = share(i);
		}
	}

	final WeakRef<?> share(int referent) {
		return this.references.share(REFERENTS.get(referent));
	}

	/** Share the last referent, which makes a full segment grow. */
	final void grow() {
		this.shared[COUNT - 1] = share(COUNT - 1);
	}

	/**
	 * Whether sharing a referent again returns the same reference as before.
	 * @return 1 or 0
	 */
	final int isShared(int referent) {
		return (share(referent) == this.shared[referent]) ? 1 : 0;
	}

}
