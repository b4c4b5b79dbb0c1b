package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * The entry of a {@link KeyLock}. It refers to the lock weakly, as every node with a weak
 * value does, and also strongly while a thread holds the lock.
 */
final class LockNode extends Node {

	/**
	 * The lock while some thread holds it. Guarded by that lock: only the thread that
	 * holds it writes this field. Only the garbage collector reads it.
	 */
	@Nullable KeyLock pin;

	/**
	 * Create the node of a lock that is not published yet. The table may create several
	 * before it links one, which is the last.
	 */
	LockNode(int hash, @Nullable Object key, KeyLock lock) {
		super(hash, key, lock);
		lock.node = this;
	}

}
