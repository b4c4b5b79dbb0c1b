package io.weakref.reference;

import java.util.Comparator;
import java.util.concurrent.PriorityBlockingQueue;

/**
 * Runs the finalizers that are due at exit, newest first, on the calling thread. One that
 * is registered in the meantime is the newest, so it runs next.
 */
final class ExitFinalizers {

	private final PriorityBlockingQueue<Finalizer<?>> due = new PriorityBlockingQueue<>(11,
			Comparator.<Finalizer<?>>comparingLong(Finalizer::sequence).reversed());

	void add(Finalizer<?> finalizer) {
		this.due.add(finalizer);
	}

	/** Run the finalizers that are due until none is left. */
	void run() {
		for (Finalizer<?> next = this.due.poll(); next != null; next = this.due.poll()) {
			next.runAtExit();
		}
	}

}
