package io.weakref.cleaner;

/**
 * A reference that wants to know when it comes off a cleaner's queue. For the library's
 * own references.
 *
 * @since 0.1.0
 */
public interface Dequeued {

	/**
	 * Called once on the drain thread after the referent was cleared. Must not block, run
	 * user code or throw; callbacks go to {@link WeakCleaner#dispatch}.
	 */
	void dequeued();

}
