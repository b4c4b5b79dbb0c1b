package io.weakref.reference;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

import io.weakref.cleaner.Dequeued;
import org.jspecify.annotations.Nullable;

/**
 * The place of one {@link WeakRef} or {@link Finalizer} in the {@link Chain} of its
 * referent. Holds it weakly: a reference that nobody holds does not call back, and what
 * it left in the chain is removed when this link comes off the cleaner's queue.
 */
final class Link extends WeakReference<Object> implements Dequeued {

	final Chain chain;

	/** When it was made: grows over all chains of all cleaners. */
	final long sequence;

	/** Guarded by the stripe of the chain; this link itself once it was removed. */
	@Nullable Link newer;

	/** Guarded by the stripe of the chain. */
	@Nullable Link older;

	Link(Object owner, Chain chain, long sequence, ReferenceQueue<Object> queue) {
		super(owner, queue);
		this.chain = chain;
		this.sequence = sequence;
	}

	@Override
	public void dequeued() {
		remove();
	}

	/** Leave the chain, if it is still in it. */
	void remove() {
		this.chain.registry.remove(this);
	}

}
