package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Reserves a key for the thread that computes its value, so that no lock is held while
 * the user's function runs. Stands in the bin: directly before the node of the key where
 * that one is alive, in its place where its value is dead, else at the end. Readers pass
 * over it, because its hash is the key's with the sign bit set; writers of the same key
 * wait for it.
 * <p>
 * A reservation is active until {@link #released} is set, which is final. Its owner sets
 * it after the function; {@code clear()} sets it while the function runs, so that the
 * value is not stored. One that is released and still linked was left behind by an owner
 * that had no stack to unlink it: a sweep does.
 *
 * <h2>Waiting in turns</h2>
 *
 * All who wait for a key wait at one gate. A release lets one of them through; that one
 * passes the gate on to its own reservation of the key, or opens it for the next. So a
 * release wakes one thread, however many wait. The owner may have been unable to call
 * anything, so a thread that waits looks up now and then: the first in the queue each
 * time after twice as long, from {@value #FIRST_WAIT_MILLIS} milliseconds, the others
 * after {@value #LONGEST_WAIT_MILLIS} milliseconds.
 */
final class ReservationNode extends Node {

	private static final long FIRST_WAIT_MILLIS = 50;

	private static final long LONGEST_WAIT_MILLIS = 6400;

	private static final VarHandle GATE;

	static {
		try {
			GATE = MethodHandles.lookup().findVarHandle(ReservationNode.class, "gate", Gate.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final Thread owner = Thread.currentThread();

	/** Made by the first thread that waits, or passed on by the owner. */
	private volatile @Nullable Gate gate;

	volatile boolean released;

	/** The live node that this stands before. Written before it is linked. */
	@Nullable Node prior;

	/** Where this stands, if not in the list of its bin. Written before it is linked. */
	@Nullable OrderedNodes ordered;

	/** Keeps {@link #prior} alive. */
	@Nullable Object priorKey;

	/** Keeps {@link #prior} alive; what the user's function is shown. */
	@Nullable Object priorValue;

	/**
	 * What is to become of the value once it is known; {@code null} if it is stored.
	 * Written under the lock of the bin.
	 */
	@Nullable Removal removal;

	ReservationNode(int hash, Object key) {
		super(hash | ~HASH_BITS, key, null);
	}

	/** Released and still linked: see above. */
	@Override
	boolean holdsGarbage() {
		return this.released;
	}

	/**
	 * Before this is linked: set the entry that it is to stand before, if there is one.
	 */
	void setPrior(@Nullable Node prior, @Nullable Object key, @Nullable Object value) {
		this.prior = prior;
		this.priorKey = key;
		this.priorValue = value;
	}

	/** Whether this reserves a node that was found without a lock. */
	boolean reserves(Node node) {
		return this.prior == node && !this.released;
	}

	/**
	 * Before this is linked: let those who wait at a gate that the owner came through
	 * wait for this reservation.
	 */
	void takeOver(@Nullable Gate gate) {
		this.gate = gate;
	}

	/**
	 * Wait until this reservation is released.
	 * @param turn the gate that the calling thread came through last and has not opened
	 * for the next, {@code null} if there is none
	 * @return the gate that the calling thread has come through now, which it is to open
	 * for the next or to pass on; {@code null} if there is none
	 * @throws IllegalStateException if the owner of this reservation is the calling
	 * thread or waits for it, at any length of the cycle
	 */
	@Nullable Gate await(@Nullable Gate turn) {
		Gate gate = this.gate;
		if (gate == null) {
			Gate offered = (turn != null) ? turn : new Gate();
			if (GATE.compareAndSet(this, (Gate) null, offered)) {
				offered.holder = this;
			}
			gate = this.gate;
		}
		if (turn != null && turn != gate) {
			turn.release();
		}
		WaitGraph.Wait wait = WaitGraph.enter(this);
		try {
			boolean passed = gate != null && pass(gate);
			// The owner may have looked for a gate before it was offered this one: then
			// nobody else opens it for those who wait there.
			return (passed || gate == turn) ? gate : null;
		}
		finally {
			WaitGraph.leave(wait);
		}
	}

	/**
	 * Return what a thread that waits for this waits for now: this, or once this is
	 * released the reservation that its gate was passed on to.
	 * @return an active reservation, or {@code null} if the thread is about to go on
	 */
	@Nullable ReservationNode awaited() {
		ReservationNode awaited = this;
		Gate gate = this.gate;
		if (awaited.released && gate != null) {
			awaited = gate.holder;
		}
		return (awaited != null && !awaited.released) ? awaited : null;
	}

	/** Returns whether the gate was opened; {@code false} if that was not needed. */
	private boolean pass(Gate gate) {
		boolean interrupted = false;
		boolean passed = false;
		// Timers by the thousand are dear: only the first of those who wait looks up
		// soon.
		long millis = gate.hasQueuedThreads() ? LONGEST_WAIT_MILLIS : FIRST_WAIT_MILLIS;
		while (!passed && !this.released) {
			try {
				passed = gate.tryAcquire(millis, TimeUnit.MILLISECONDS);
				millis = Math.min(2 * millis, LONGEST_WAIT_MILLIS);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		return passed;
	}

	/** After the release: let the first of those who wait go on. */
	void wakeFirst() {
		Gate gate = this.gate;
		if (gate != null) {
			gate.release();
		}
	}

	/**
	 * Where all wait who wait for one key.
	 */
	static final class Gate extends Semaphore {

		private static final long serialVersionUID = 1;

		/**
		 * The reservation that the gate belongs to. Written by its owner after it was
		 * linked, before the user's function runs; by the one who makes the gate.
		 */
		volatile transient @Nullable ReservationNode holder;

		Gate() {
			super(0);
		}

	}

	/**
	 * A bulk removal that came by while the value was computed.
	 *
	 * @param condition what it removes, by key and value
	 * @param earlier one that came by before
	 */
	record Removal(BiPredicate<Object, Object> condition, @Nullable Removal earlier) {
	}

}
