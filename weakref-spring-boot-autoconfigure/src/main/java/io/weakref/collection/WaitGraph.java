package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * Records which thread waits for which reservation, over all tables, to detect the wait
 * that would close a cycle (a deadlock). If several threads could close a cycle, the last
 * one is refused: waits are recorded one after another, and each checks the chain that
 * leads from the owner of its reservation to what that owner waits for, and so on.
 * <p>
 * When a reservation is released, a thread that waits for it either keeps waiting at the
 * gate, for the reservation to which the gate was passed on, or is about to continue. The
 * lock is held only to compare references and to change a list; no user code runs under
 * it.
 */
final class WaitGraph {

	private static final int BUCKETS = 256;

	/** The waits, hashed by the identity of the thread; guarded by this array. */
	private static final @Nullable Wait[] buckets = new @Nullable Wait[BUCKETS];

	private WaitGraph() {
	}

	/**
	 * Record that the calling thread waits.
	 * @param reservation the reservation that it waits for
	 * @return the record, to be passed to {@link #leave}
	 * @throws IllegalStateException if the thread would wait for itself, directly or
	 * through other threads
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
				// Drop what a thread without stack has left behind.
				Wait first = buckets[bucket];
				while (first != null && first.over) {
					first = first.next;
				}
				wait.next = first;
				buckets[bucket] = wait;
			}
		}
		if (cycle) {
			throw new IllegalStateException((reservation.owner == thread)
					? "Recursive update: a function must not write the key whose value it computes"
					: "Recursive update: the function that computes the value of this key waits for the calling thread");
		}
		return wait;
	}

	private static @Nullable ReservationNode awaitedBy(Thread thread) {
		for (Wait wait = buckets[bucketOf(thread)]; wait != null; wait = wait.next) {
			if (wait.thread == thread && !wait.over) {
				return wait.reservation.awaited();
			}
		}
		return null;
	}

	private static int bucketOf(Thread thread) {
		return System.identityHashCode(thread) & (BUCKETS - 1);
	}

	/**
	 * Remove the record of a wait that is over. If a thread has no stack for this, the
	 * record is ignored.
	 */
	static void leave(Wait wait) {
		int bucket = bucketOf(wait.thread);
		synchronized (buckets) {
			Wait previous = null;
			Wait each = buckets[bucket];
			while (each != wait && each != null) {
				previous = each;
				each = each.next;
			}
			if (each == null) {
				return;
			}
			if (previous != null) {
				previous.next = wait.next;
			}
			else {
				buckets[bucket] = wait.next;
			}
		}
	}

	/** The wait of one thread. */
	static final class Wait {

		private final Thread thread;

		private final ReservationNode reservation;

		/** Set by the thread that waited, before it leaves. */
		volatile boolean over;

		private @Nullable Wait next;

		Wait(Thread thread, ReservationNode reservation) {
			this.thread = thread;
			this.reservation = reservation;
		}

	}

}
