package io.weakref.cache;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A load of one key.
 */
abstract class Load {

	private static final long PAUSE_NANOS = 10_000;

	final Object key;

	/** The hash of the key as it was when the load began, whatever the key says later. */
	final int hash;

	Load(Object key) {
		this.key = key;
		this.hash = key.hashCode();
	}

	/** Whether this load concerns those who come now. */
	abstract boolean isRunning();

	/** The thread that is storing the value: the key is reserved, and no loader runs. */
	abstract @Nullable Thread storer();

	/**
	 * Wait until the value is in the dictionary if it is just being stored, which takes
	 * no loader.
	 */
	final void awaitStored() {
		Thread storer = storer();
		while (storer != null && storer != Thread.currentThread()) {
			LockSupport.parkNanos(PAUSE_NANOS);
			storer = storer();
		}
	}

}
