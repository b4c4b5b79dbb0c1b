package io.weakref.cache;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A load of one key.
 */
abstract class Load {

	private static final long PAUSE_NANOS = 10_000;

	final Object key;

	/** The hash of the key when the load began, in case that the hash changes later. */
	final int hash;

	Load(Object key) {
		this.key = key;
		this.hash = key.hashCode();
	}

	/** Return whether new callers may join this load. */
	abstract boolean isRunning();

	/**
	 * Return the thread that is storing the value. It has reserved the key and runs no
	 * loader.
	 */
	abstract @Nullable Thread storer();

	/**
	 * If the value is just being stored, wait until it is in the dictionary. No loader
	 * runs during that time.
	 */
	final void awaitStored() {
		Thread storer = storer();
		while (storer != null && storer != Thread.currentThread()) {
			LockSupport.parkNanos(PAUSE_NANOS);
			storer = storer();
		}
	}

}
