package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Reserves a key for the thread that computes its value, so that no lock is held while
 * the user's function runs. It is linked in the bin: directly before the node of the key
 * if that node is alive, in its place if it is dead, otherwise at the end. Readers skip
 * it, because its hash is that of the key with the sign bit set. Writers of the same key
 * wait for it.
 * <p>
 * A reservation is active until {@link #released} is set, which is final. Its owner sets
 * it after the function has run. {@code clear()} sets it while the function runs, so that
 * the value is not stored. A reservation that is released and still linked was left
 * behind by an owner that had no stack left to unlink it; a sweep unlinks it or, among
 * ordered nodes, the next call that changes its key.
 *
 * <h2>Waiting in turns</h2>
 *
 * All threads that wait for a key wait at one gate, which is a semaphore. A release lets
 * one of them through. That thread either passes the gate on to its own reservation of
 * the key, or opens the gate for the next thread. So a release wakes one thread, however
 * many wait. An owner that runs out of stack may be unable to open the gate, so waiting
 * threads also check {@link #released} from time to time: the first in the queue after
 * {@value #FIRST_WAIT_MILLIS} milliseconds and then at doubling intervals, the others
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

	/** Created by the first thread that waits, or passed on by the owner. */
	private volatile @Nullable Gate gate;

	volatile boolean released;

	/** The live node that this stands before, if any. Written before this is linked. */
	@Nullable Node prior;

	/**
	 * The ordered nodes that contain this, {@code null} if it is in the chain of its bin.
	 * Written before this is linked.
	 */
	@Nullable OrderedNodes ordered;

	/** Keeps {@link #prior} alive. */
	@Nullable Object priorKey;

	/** Keeps {@link #prior} alive; passed to the user's function. */
	@Nullable Object priorValue;

	/**
	 * The bulk removals that came during the computation and that apply to the value once
	 * it is known; {@code null} if there are none. Written under the lock of the bin or,
	 * among ordered nodes, under their lock.
	 */
	@Nullable Removal removal;

	ReservationNode(int hash, Object key) {
		super(hash | ~HASH_BITS, key, null);
	}

	/** If a sweep meets this released, it was left behind, see the class comment. */
	@Override
	boolean holdsGarbage() {
		return this.released;
	}

	/**
	 * Set the entry that this is to stand before, if it is alive. Called before this is
	 * linked.
	 * @param entry the entry of the key, {@code null} if there is none
	 * @param entryKey its key; among ordered nodes, its position is that of this key
	 * @param value its value, {@code null} if it has died
	 * @param key the key to reserve
	 */
	void setPrior(@Nullable Node entry, @Nullable Object entryKey, @Nullable Object value, Object key) {
		boolean live = value != null;
		this.prior = live ? entry : null;
		this.priorKey = live ? entryKey : null;
		this.priorValue = value;
		this.strong = live ? entryKey : key;
	}

	/** Whether this is an active reservation of a node. */
	boolean reserves(Node node) {
		return this.prior == node && !this.released;
	}

	/**
	 * Take over the gate that the owner came through, so that the threads that wait at it
	 * wait for this reservation. Called before this is linked.
	 */
	void takeOver(@Nullable Gate gate) {
		this.gate = gate;
	}

	/**
	 * Wait until this reservation is released.
	 * @param turn the gate that the calling thread came through before and has not yet
	 * opened for the next thread, {@code null} if there is none
	 * @return the gate that the calling thread has come through now and must open for the
	 * next thread or pass on; {@code null} if there is none
	 * @throws IllegalStateException if the owner of this reservation is the calling
	 * thread or waits for it, directly or through other threads
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
			// The owner may have read the gate before this thread set it. Then no other
			// thread would open it for those that wait at it.
			return (passed || gate == turn) ? gate : null;
		}
		finally {
			wait.over = true;
			WaitGraph.leave(wait);
		}
	}

	/**
	 * Return the reservation that a thread which waits for this one is waiting for now:
	 * this one or, once this is released, the one to which its gate was passed on.
	 * @return an active reservation, or {@code null} if the thread is about to continue
	 */
	@Nullable ReservationNode awaited() {
		ReservationNode awaited = this;
		Gate gate = this.gate;
		if (awaited.released && gate != null) {
			awaited = gate.holder;
		}
		return (awaited != null && !awaited.released) ? awaited : null;
	}

	/**
	 * Wait at a gate. Returns whether this thread came through it; {@code false} if it
	 * saw the release without that.
	 */
	private boolean pass(Gate gate) {
		boolean interrupted = false;
		boolean passed = false;
		// Thousands of timers are expensive, so only the first waiting thread checks
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

	/** After the release: let the first waiting thread through. */
	void wakeFirst() {
		Gate gate = this.gate;
		if (gate != null) {
			gate.release();
		}
	}

	/**
	 * The semaphore at which all threads wait that wait for one key.
	 */
	static final class Gate extends Semaphore {

		private static final long serialVersionUID = 1;

		/**
		 * The reservation that the gate belongs to. Written by the thread that creates
		 * the gate. If the gate is passed on, written by the owner of the new reservation
		 * after that was linked and before the user's function runs.
		 */
		volatile transient @Nullable ReservationNode holder;

		Gate() {
			super(0);
		}

	}

	/**
	 * A bulk removal that came during the computation of a value.
	 *
	 * @param condition tests by key and value what it removes
	 * @param earlier the bulk removal before this one, {@code null} for the first
	 */
	record Removal(BiPredicate<Object, Object> condition, @Nullable Removal earlier) {
	}

}
