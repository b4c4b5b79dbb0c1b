package io.weakref.collection;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

import org.jspecify.annotations.Nullable;

/**
 * The lock of one key: reentrant and not fair, as a {@code ReentrantLock} is by default.
 *
 * <h2>Reachability</h2>
 *
 * The table holds a lock weakly, so something else must keep the lock reachable while it
 * is needed:
 * <ul>
 * <li><em>While a thread holds it.</em> That thread need not keep a reference, because
 * the entry of the lock refers to it by its {@linkplain LockNode#pin pin}. The thread
 * that has acquired the lock sets the pin, and clears it before it releases the lock. So
 * the lock guards its own pin, and no two threads race to write it. Before the pin is set
 * and after it is cleared, the lock is on the stack of that thread.</li>
 * <li><em>While a thread waits</em> for it or for one of its conditions. The lock is on
 * the stack of that thread.</li>
 * <li><em>While one of its conditions is reachable.</em> A condition is an inner object
 * of its synchronizer. That is why this class is the synchronizer itself, whereas a
 * {@code ReentrantLock} has one in a field.</li>
 * </ul>
 *
 * <h2>Errors at any point</h2>
 *
 * An acquisition that throws has not acquired the lock, and a release that throws has not
 * released it: between the atomic step and the writes that belong to it, no call is made
 * that has to succeed. A thread that is about to wait for the lock, or to wake another
 * one that waits, first makes sure that it has enough stack, before it changes anything.
 * The methods of a condition are the JDK's and do not do so.
 */
@SuppressWarnings("serial") // serializable by inheritance alone
final class KeyLock extends AbstractQueuedSynchronizer implements Lock {

	/**
	 * This many frames of {@link #requireStack} take more stack than parking or waking a
	 * thread.
	 */
	private static final int FRAMES_TO_WAIT = 128;

	static {
		// Loaded now, because without stack it could not be loaded to be caught.
		Objects.requireNonNull(StackOverflowError.class);
	}

	/** The entry of this lock. Written before the lock is published. */
	@Nullable LockNode node;

	/**
	 * The thread that holds this lock. Every thread reads this field without
	 * synchronization, which is safe: a thread can find itself here only through its own
	 * write.
	 */
	private @Nullable Thread owner;

	private final LockWaits waits;

	KeyLock(LockWaits waits) {
		this.waits = waits;
	}

	@Override
	public void lock() {
		if (!tryAcquire(1)) {
			long start = beginWaiting();
			acquire(1);
			endWaiting(start);
		}
	}

	@Override
	public void lockInterruptibly() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		if (!tryAcquire(1)) {
			long start = beginWaiting();
			acquireInterruptibly(1);
			endWaiting(start);
		}
	}

	@Override
	public boolean tryLock() {
		return tryAcquire(1);
	}

	@Override
	public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		if (tryAcquire(1)) {
			return true;
		}
		long nanos = unit.toNanos(time);
		if (nanos <= 0) {
			return false;
		}
		long start = beginWaiting();
		boolean acquired = tryAcquireNanos(1, nanos);
		if (acquired) {
			endWaiting(start);
		}
		return acquired;
	}

	@Override
	public void unlock() {
		Thread current = Thread.currentThread();
		boolean held = this.owner == current;
		if (hasQueuedThreads()) {
			requireStack(FRAMES_TO_WAIT);
		}
		try {
			release(1);
		}
		catch (StackOverflowError ex) {
			if (!held || this.owner == current) {
				throw ex;
			}
			// The lock was released. What failed was waking a thread, and none waited
			// before: one that has come since is woken by the next release.
		}
	}

	@Override
	public Condition newCondition() {
		return new ConditionObject();
	}

	@Override
	protected boolean tryAcquire(int holds) {
		Thread current = Thread.currentThread();
		int held = getState();
		if (held == 0) {
			LockNode node = Objects.requireNonNull(this.node);
			if (!compareAndSetState(0, holds)) {
				return false;
			}
			this.owner = current;
			node.pin = this;
			try {
				setExclusiveOwnerThread(current);
			}
			catch (StackOverflowError ex) {
				// Only thread dumps and deadlock detection use it.
			}
			return true;
		}
		if (this.owner != current) {
			return false;
		}
		int sum = held + holds;
		if (sum < 0) {
			throw new IllegalStateException("One thread has acquired the lock too many times");
		}
		setState(sum);
		return true;
	}

	@Override
	protected boolean tryRelease(int holds) {
		Thread current = Thread.currentThread();
		if (this.owner != current) {
			throw new IllegalMonitorStateException("This thread does not hold the lock");
		}
		int rest = getState() - holds;
		if (rest > 0) {
			setState(rest);
			return false;
		}
		LockNode node = Objects.requireNonNull(this.node);
		setExclusiveOwnerThread(null);
		boolean released = false;
		try {
			this.owner = null;
			node.pin = null;
			setState(0);
			released = true;
		}
		finally {
			if (!released) {
				this.owner = current;
				node.pin = this;
			}
		}
		return true;
	}

	@Override
	protected boolean isHeldExclusively() {
		return this.owner == Thread.currentThread();
	}

	private static long beginWaiting() {
		requireStack(FRAMES_TO_WAIT);
		return System.nanoTime();
	}

	private void endWaiting(long start) {
		try {
			this.waits.waited(System.nanoTime() - start);
		}
		catch (StackOverflowError | OutOfMemoryError ex) {
			// The lock is held, so this must not throw: the wait is not counted.
		}
	}

	/**
	 * Throw a {@code StackOverflowError} if the stack has no room for a number of frames.
	 */
	private static int requireStack(int frames) {
		return (frames > 0) ? requireStack(frames - 1) + 1 : 0;
	}

	/** Whether a thread holds this lock. */
	boolean isHeld() {
		return getState() != 0;
	}

	@Override
	public String toString() {
		Thread owner = this.owner;
		return "lock of a key, " + ((owner != null) ? "held by thread " + owner.getName() : "not held");
	}

}
