package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * Reserves a key for the thread that computes its value, so that no lock is held while
 * the user's function runs. Stands in the bin: directly before the node of the key where
 * that one is alive, in its place where it is dead, at the end where there is none.
 * Readers pass over it, because its hash is the key's with the sign bit set; writers of
 * the same key wait for it.
 */
final class Claim extends Node {

	private static final VarHandle LATCH;

	static {
		try {
			LATCH = MethodHandles.lookup().findVarHandle(Claim.class, "latch", CountDownLatch.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Thread owner = Thread.currentThread();

	/** Made by the first thread that waits. */
	private volatile @Nullable CountDownLatch latch;

	private volatile boolean released;

	/** The live node that this claim stands before. */
	@Nullable Node prior;

	/** Keeps {@link #prior} alive. */
	@Nullable Object priorKey;

	/** Keeps {@link #prior} alive; what the user's function is shown. */
	@Nullable Object priorValue;

	Claim(int hash, Object key) {
		super(hash | ~HASH_BITS, key, null);
	}

	/**
	 * Wait until this claim is released.
	 * @throws IllegalStateException if the calling thread holds it, as it would wait for
	 * ever
	 */
	void await() {
		if (this.owner == Thread.currentThread()) {
			throw new IllegalStateException("Recursive update: a function may not change the key it is computed for");
		}
		if (this.latch == null) {
			LATCH.compareAndSet(this, (CountDownLatch) null, new CountDownLatch(1));
		}
		CountDownLatch latch = this.latch;
		boolean interrupted = false;
		while (!this.released && latch != null) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Let the waiting go on, and what was computed from go. */
	void release() {
		this.priorKey = null;
		this.priorValue = null;
		this.released = true;
		CountDownLatch latch = this.latch;
		if (latch != null) {
			latch.countDown();
		}
	}

}
