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

	/** Register a reference: it is on a stack. */
	final void add(int ref) {
		this.refs[ref] = WeakRef.of(this.referent, (dead) -> {
		}, CLEANER);
	}

	/** Cancel a reference, on a stack or in its bin. */
	final void cancel(int ref) {
		this.refs[ref].clear();
	}

	/**
	 * Count the references, which moves those on the stacks into the bins.
	 * @return how many there are, or -2 if they are not ordered from the newest to the
	 * oldest
	 */
	final int count() {
		int[] count = new int[1];
		long[] oldest = { Long.MAX_VALUE };
		ReferenceRegistry.of(CLEANER).forEach(this.referent, (found) -> {
			count[0] = (count[0] >= 0 && found.sequence() <= oldest[0]) ? count[0] + 1 : -2;
			oldest[0] = found.sequence();
		});
		return count[0];
	}

	/** The {@link #count number} of references, after which all of them are cancelled. */
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
