package io.weakref.collection;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;

import io.weakref.EndOfStack;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakLocks.Held;
import org.jspecify.annotations.Nullable;

/**
 * Run in a separate JVM, interpreted or compiled: acquires and releases a lock at various
 * depths down to the last frame of the stack, so that a stack overflow happens at every
 * method call inside these operations. If an acquisition threw, the lock must not be
 * held; if a release threw, it must still be held and pinned. In every other round of
 * each kind, another thread acquires and releases the lock at the same time.
 */
final class LockStackExhaustion {

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	/** More levels than a call has frames. */
	private static final int MOST_LEVELS = 60;

	private final WeakLocks<Sample> locks = WeakLocks.<Sample>builder().cleaner(CLOSED).build();

	private final KeyLock lock = (KeyLock) this.locks.get(new Sample(1));

	private final Kind kind;

	private final boolean contended;

	private final SplittableRandom random;

	private int next = 100;

	/** How often the thread that descends holds the lock, by what its calls returned. */
	private int holds;

	private volatile boolean done;

	private volatile @Nullable Throwable failure;

	private LockStackExhaustion(int round, boolean contended) {
		this.kind = Kind.values()[round % Kind.values().length];
		this.contended = contended;
		this.random = new SplittableRandom(round);
	}

	public static void main(String[] args) throws Exception {
		int rounds = Integer.parseInt(System.getProperty("rounds", "1000"));
		for (int i = 0; i < 500; i++) {
			// A class whose initialization runs out of stack would be unusable forever.
			LockStackExhaustion warmUp = new LockStackExhaustion(i, false);
			warmUp.call();
			warmUp.check();
		}
		for (int round = 0; round < rounds; round++) {
			boolean contended = round / Kind.values().length % 2 == 0;
			new LockStackExhaustion(round, contended).round();
		}
		CLOSED.close();
		System.out.println("survived");
	}

	private void round() throws Exception {
		Thread deep = new Thread(null, this::runDeep, "deep", Integer.getInteger("stack", 256) * 1024L);
		Thread rival = new Thread(this::contend, "rival");
		deep.setDaemon(true);
		rival.setDaemon(true);
		deep.start();
		if (this.contended) {
			rival.start();
		}
		join(deep);
		this.done = true;
		join(rival);
		Throwable failure = this.failure;
		if (failure != null) {
			throw new AssertionError("%s, contended: %s".formatted(this.kind, this.contended), failure);
		}
		try (Held held = this.locks.tryLock(new Sample(1))) {
			require(held != null, "The lock is held although no thread should hold it");
		}
		require(this.lock.node != null && this.lock.node.pin == null, "pinned though it is free");
		require(!this.lock.hasQueuedThreads(), "A thread that has ended waits for the lock");
	}

	private void join(Thread thread) throws InterruptedException {
		thread.join(30_000);
		if (thread.isAlive()) {
			List<StackTraceElement> top = Stream.of(thread.getStackTrace()).limit(5).toList();
			throw new AssertionError("%s, contended: %s, thread %s with %d holds hangs in %s".formatted(this.kind,
					this.contended, thread.getName(), this.holds, top));
		}
	}

	private void contend() {
		boolean hold = this.kind != Kind.HAND_OVER;
		while (!this.done) {
			// If the lock is to be handed over, this thread asks for it only while the
			// other one holds it. Otherwise the other one would rarely get it.
			while (!hold && !this.done && !this.lock.isHeld()) {
				Thread.onSpinWait();
			}
			this.lock.lock();
			for (int i = 0; hold && i < 1000 && !this.lock.hasQueuedThreads(); i++) {
				Thread.onSpinWait();
			}
			this.lock.unlock();
		}
	}

	private void runDeep() {
		try {
			EndOfStack.meet(this::call, 1 + this.random.nextInt(MOST_LEVELS), this.random.nextInt(EndOfStack.PADDINGS));
			check();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	/** Check that a call that threw has changed nothing. */
	private void check() {
		int holds = this.holds;
		require(this.lock.isHeldExclusively() == holds > 0, "the lock is held unexpectedly, or unexpectedly not held");
		if (holds > 0) {
			require(this.lock.node != null && this.lock.node.pin == this.lock, "held and not pinned");
		}
		for (int i = 0; i < holds; i++) {
			this.lock.unlock();
		}
		require(!this.lock.isHeldExclusively(), "held once too often");
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError(what);
		}
	}

	/** Counts the holds without a method call, which therefore cannot fail. */
	private void call() {
		switch (this.kind) {
			case LOCK -> {
				this.lock.lock();
				this.holds++;
				this.lock.unlock();
				this.holds--;
			}
			case GET -> {
				Lock lock = this.locks.get(new Sample(1));
				lock.lock();
				this.holds++;
				lock.unlock();
				this.holds--;
			}
			case HELD -> {
				Held held = this.locks.lock(new Sample(1));
				this.holds++;
				held.close();
				this.holds--;
			}
			case TRY -> {
				Held held = this.locks.tryLock(new Sample(1));
				if (held != null) {
					this.holds++;
					held.close();
					this.holds--;
				}
			}
			case TIMED -> {
				Held held = waitFor(Duration.ofMillis(1));
				if (held != null) {
					this.holds++;
					held.close();
					this.holds--;
				}
			}
			case REENTRANT -> {
				this.lock.lock();
				this.holds++;
				Held held = this.locks.lock(new Sample(1));
				this.holds++;
				held.close();
				this.holds--;
				this.lock.unlock();
				this.holds--;
			}
			case HAND_OVER -> {
				// Waiting in lock() would need more stack than handing over.
				while (!this.lock.tryLock()) {
					Thread.onSpinWait();
				}
				this.holds++;
				while (this.contended && !this.lock.hasQueuedThreads()) {
					Thread.onSpinWait();
				}
				this.lock.unlock();
				this.holds--;
			}
			case FRESH -> this.locks.lock(new Sample(this.next++)).close();
		}
	}

	private @Nullable Held waitFor(Duration wait) {
		try {
			return this.locks.tryLock(new Sample(1), wait);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private enum Kind {

		LOCK, GET, HELD, TRY, TIMED, REENTRANT, HAND_OVER, FRESH

	}

}
