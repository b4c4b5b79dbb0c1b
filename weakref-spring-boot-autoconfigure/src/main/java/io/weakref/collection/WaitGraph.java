package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * Knows which thread waits for which reservation, and so finds the wait that would close
 * a cycle. Of several threads that could close one, the last to come is refused: waits
 * are entered one after another, and each looks along the chain from the owner of its
 * reservation to what that owner waits for.
 * <p>
 * A wait for a reservation that was released goes on at its gate, for the reservation
 * that the gate was passed on to, or is about to end. The lock is held for some
 * comparisons of references; no code of the user runs under it.
 */
final class WaitGraph {

	private static final int BUCKETS = 256;

	/** By the identity of the thread; guarded by the array. */
	private static final @Nullable Wait[] buckets = new @Nullable Wait[BUCKETS];

	private WaitGraph() {
	}

	/**
	 * Enter that the calling thread waits.
	 * @param reservation what it waits for
	 * @return what to leave with
	 * @throws IllegalStateException if it would wait for itself
	 */
	static Wait enter(ReservationNode reservation) {
		Thread thread = Thread.currentThread();
		Wait wait = new Wait(thread, reservation);
		int bucket = bucketOf(thread);
		boolean cycle = false;
		synchronized (buckets) {
			ReservationNode next = reservation.awaited();
			while (next != null && !cycle) {
				cycle = next.owner == thread;
				next = awaitedBy(next.owner);
			}
			if (!cycle) {
				wait.next = buckets[bucket];
				buckets[bucket] = wait;
			}
		}
		if (cycle) {
			throw new IllegalStateException((reservation.owner == thread)
					? "Recursive update: a function may not change the key it is computed for"
					: "Recursive update: the function that computes this key waits for the calling thread");
		}
		return wait;
	}

	private static @Nullable ReservationNode awaitedBy(Thread thread) {
		for (Wait wait = buckets[bucketOf(thread)]; wait != null; wait = wait.next) {
			if (wait.thread == thread) {
				return wait.reservation.awaited();
			}
		}
		return null;
	}

	private static int bucketOf(Thread thread) {
		return System.identityHashCode(thread) & (BUCKETS - 1);
	}

	static void leave(Wait wait) {
		int bucket = bucketOf(wait.thread);
		synchronized (buckets) {
			Wait previous = null;
			Wait each = buckets[bucket];
			while (each != wait && each != null) {
				previous = each;
				each = each.next;
			}
			if (previous != null) {
				previous.next = wait.next;
			}
			else {
				buckets[bucket] = wait.next;
			}
		}
	}

	/** One thread that waits. */
	static final class Wait {

		private final Thread thread;

		private final ReservationNode reservation;

		private @Nullable Wait next;

		Wait(Thread thread, ReservationNode reservation) {
			this.thread = thread;
			this.reservation = reservation;
		}

	}

}
