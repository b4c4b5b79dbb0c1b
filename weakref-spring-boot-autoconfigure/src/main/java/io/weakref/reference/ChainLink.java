package io.weakref.reference;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Objects;

import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.CleanerInternals.QueuedReference;
import org.jspecify.annotations.Nullable;

/**
 * The node of one {@link WeakRef} or {@link Finalizer} in the table of a
 * {@link ReferenceRegistry}. Once it was added, all mutable fields are guarded by its
 * stripe.
 */
abstract sealed class ChainLink extends WeakReference<Object> implements QueuedReference {

	final ReferenceRegistry.Stripe stripe;

	/** The identity hash code of the referent of the reference or finalizer. */
	final int hash;

	/** The next link. In a bin, the next one with the same hash is an older one. */
	@Nullable ChainLink next;

	/**
	 * The sequence number that it got when it was added; the complement of that number
	 * once it was removed.
	 */
	long sequence = -1;

	private ChainLink(Object referent, int hash, ReferenceRegistry.Stripe stripe,
			@Nullable ReferenceQueue<Object> queue) {
		super(referent, queue);
		this.hash = hash;
		this.stripe = stripe;
	}

	/**
	 * Return the sequence number that this link got when it was added.
	 * @return a number that is higher for a newer reference to the same object, and for a
	 * newer finalizer, in whichever registries they are
	 */
	final long sequence() {
		long sequence = this.sequence;
		return (sequence < 0) ? ~sequence : sequence;
	}

	final void entered(long sequence) {
		this.sequence = sequence;
	}

	/** Whether it has been removed. It may still be in its bin. */
	final boolean isRemoved() {
		return this.sequence < 0;
	}

	final void removed() {
		this.sequence = ~this.sequence;
	}

	/** Remove this link from the table unless it was removed already. */
	final void remove() {
		this.stripe.remove(this);
	}

	/** Whether the reference of this link has died. */
	abstract boolean isAbandoned();

	/**
	 * Return what is to run, if the referent was cleared. Changes nothing.
	 * @return the callback, or {@code null} if the referent is alive or nothing is to run
	 */
	abstract @Nullable OwnedCallback callback();

	/**
	 * Return whether a callback came from this link.
	 * @param callback a callback, which holds its source
	 * @return whether {@link #callback()} of this link has returned it
	 */
	abstract boolean isFrom(OwnedCallback callback);

	/**
	 * The link of a reference. It refers to the reference weakly, because a reference
	 * that nothing else refers to does not call back. If there is a queue, the link
	 * arrives on it when the reference has died, and is then removed.
	 */
	static sealed class OfRef extends ChainLink {

		OfRef(WeakRef<?> ref, int hash, ReferenceRegistry.Stripe stripe, @Nullable ReferenceQueue<Object> queue) {
			super(ref, hash, stripe, queue);
		}

		@Override
		public void onCleared() {
			remove();
		}

		@Override
		boolean isAbandoned() {
			return refersTo(null);
		}

		@Override
		@Nullable OwnedCallback callback() {
			WeakRef<?> ref = ref();
			return (ref != null && ref.refersTo(null) && ref.hasCallback())
					? new OwnedCallback(ref.source(), ref::runCallback) : null;
		}

		@Override
		boolean isFrom(OwnedCallback callback) {
			WeakRef<?> ref = ref();
			return ref != null && ref.source() == callback.source();
		}

		@Nullable WeakRef<?> ref() {
			return (WeakRef<?>) get();
		}

	}

	/** The link of a shared proxy. */
	static final class OfShared extends OfRef {

		OfShared(WeakRef<?> ref, int hash, ReferenceRegistry.Stripe stripe) {
			super(ref, hash, stripe, null);
		}

	}

	/**
	 * The link of a finalizer. While it is in the table it keeps the finalizer alive:
	 * from its registration until it has run or was cancelled, even while it waits for
	 * the executor and after the executor has refused it. It refers weakly to the
	 * finalizer's referent and arrives on the queue when that was cleared.
	 */
	static final class OfFinalizer extends ChainLink implements Runnable {

		final Finalizer<?> finalizer;

		/**
		 * {@code null} until it is handed over; then the link before it in the stripe's
		 * list of those that wait to be run, or itself if there is none.
		 */
		private ChainLink.@Nullable OfFinalizer previous;

		OfFinalizer(Finalizer<?> finalizer, Object referent, int hash, ReferenceRegistry.Stripe stripe,
				ReferenceQueue<Object> queue) {
			super(referent, hash, stripe, queue);
			this.finalizer = finalizer;
		}

		@Override
		public void onCleared() {
			this.stripe.died(this);
		}

		@Override
		boolean isAbandoned() {
			return false;
		}

		@Override
		@Nullable OwnedCallback callback() {
			return (!isHandedOver() && refersTo(null)) ? new OwnedCallback(this.finalizer, this) : null;
		}

		@Override
		boolean isFrom(OwnedCallback callback) {
			return callback.source() == this.finalizer;
		}

		boolean isHandedOver() {
			return this.previous != null;
		}

		/**
		 * Begin to wait to be run.
		 * @param first the first link of the list, which this link precedes
		 */
		void waitBefore(@Nullable OfFinalizer first) {
			this.previous = this;
			this.next = first;
			if (first != null) {
				first.previous = this;
			}
		}

		/**
		 * Leave the list of those that wait to be run.
		 * @param first the first link of the list
		 * @return the link that is now the first
		 */
		@Nullable OfFinalizer leave(@Nullable OfFinalizer first) {
			OfFinalizer previous = Objects.requireNonNull(this.previous);
			OfFinalizer next = (OfFinalizer) this.next;
			boolean wasFirst = previous == this;
			if (next != null) {
				next.previous = wasFirst ? next : previous;
			}
			if (!wasFirst) {
				previous.next = next;
			}
			// This link keeps no other alive.
			this.previous = this;
			this.next = null;
			return wasFirst ? next : first;
		}

		@Override
		public void run() {
			this.finalizer.runCollected();
		}

	}

}
