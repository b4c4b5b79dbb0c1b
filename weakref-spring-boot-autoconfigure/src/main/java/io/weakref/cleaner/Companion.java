package io.weakref.cleaner;

/**
 * What lives and ends with a {@link WeakCleaner}. For the library's own references.
 */
public interface Companion {

	/**
	 * Called by {@link WeakCleaner#close()} on its thread before the drain thread ends,
	 * more than once. May run user code; must not throw.
	 */
	void cleanerCloses();

}
