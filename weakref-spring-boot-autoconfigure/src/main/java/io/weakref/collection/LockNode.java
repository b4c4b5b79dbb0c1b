package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * The entry of a {@link KeyLock}: refers weakly to the lock, as any node refers to its
 * value, and strongly while the lock is held.
 */
final class LockNode extends Node {

	/**
	 * The lock while some thread holds it. Guarded by that lock: the thread that holds it
	 * writes this, and no other. What reads it is the garbage collector.
	 */
	@Nullable KeyLock pin;

	/**
	 * Make the node of a lock that nobody else has yet. The table may make several until
	 * it links one, which is the last.
	 */
	LockNode(int hash, @Nullable Object key, KeyLock lock) {
		super(hash, key, lock);
		lock.node = this;
	}

}
