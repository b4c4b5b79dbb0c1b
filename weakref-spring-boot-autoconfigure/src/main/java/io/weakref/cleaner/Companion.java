package io.weakref.cleaner;

import java.lang.ref.Reference;

/**
 * What lives and ends with a {@link WeakCleaner}. For the library's own references.
 *
 * @since 0.1.0
 */
public interface Companion {

	/**
	 * Called by {@link WeakCleaner#close()} on its thread before the drain thread ends,
	 * more than once. May run user code; must not throw.
	 */
	void cleanerCloses();

	/**
	 * Called on the drain thread with a reference that has come off the cleaner's queue,
	 * is not {@link Dequeued} and does not belong to the cleaner itself. Must not block,
	 * run user code or throw; callbacks go to {@link WeakCleaner#dispatch}.
	 * @param reference the reference, whose referent was cleared
	 */
	default void dequeued(Reference<?> reference) {
	}

	/**
	 * Called on the drain thread of the shared cleaner when it has had nothing to do for
	 * a while. Must not run user code or throw.
	 * @return whether nothing is left that needs it; if so, it may end
	 */
	default boolean isIdle() {
		return false;
	}

}
