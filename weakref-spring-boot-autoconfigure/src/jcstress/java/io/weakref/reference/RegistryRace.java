package io.weakref.reference;

import java.lang.ref.Reference;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * References with callbacks to one object, for a race of two threads. The object is alive,
 * so no callback runs.
 */
class RegistryRace {

	private static final WeakCleaner CLEANER = WeakCleaner.builder().threadName("race").build();

	private static final int COUNT = 3;

	private final Object referent = new Object();

	private final @Nullable WeakRef<?>[] refs = new WeakRef<?>[COUNT];

	/** Register a reference: it is on the stack. */
	final void add(int ref) {
		this.refs[ref] = WeakRef.of(this.referent, (dead) -> {
		}, CLEANER);
	}

	/** Cancel a reference, on the stack or in its bin. */
	final void cancel(int ref) {
		this.refs[ref].clear();
	}

	/** Count the references, which moves those on the stack into the bins. */
	final int count() {
		int[] count = new int[1];
		ReferenceRegistry.of(CLEANER).forEach(this.referent, (found) -> count[0]++);
		return count[0];
	}

	/** The number of references, after which all of them are cancelled. */
	final int countAndEnd() {
		int count = count();
		for (WeakRef<?> ref : this.refs) {
			if (ref != null) {
				ref.clear();
			}
		}
		int left = count();
		Reference.reachabilityFence(this.referent);
		return (left == 0) ? count : -1;
	}

}
