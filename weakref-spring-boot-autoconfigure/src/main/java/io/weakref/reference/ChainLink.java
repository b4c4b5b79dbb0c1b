package io.weakref.reference;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.CleanerInternals.QueuedReference;
import org.jspecify.annotations.Nullable;

/**
 * The place of one {@link WeakRef} or {@link Finalizer} in the table of a
 * {@link ReferenceRegistry}. All fields that change are guarded by the stripe that it is
 * in.
 */
abstract sealed class ChainLink extends WeakReference<Object> implements QueuedReference {

	final ReferenceRegistry.Stripe stripe;

	/** The identity hash of the referent of the reference or finalizer. */
	final int hash;

	/** The next link of the bin, which is an older one where the hash is the same. */
	@Nullable ChainLink next;

	/** When it was entered; the complement of that once it has been removed. */
	private long sequence = -1;

	private ChainLink(Object referent, int hash, ReferenceRegistry.Stripe stripe,
			@Nullable ReferenceQueue<Object> queue) {
		super(referent, queue);
		this.hash = hash;
		this.stripe = stripe;
	}

	/**
	 * Return when it was entered.
	 * @return a number that grows over all registries
	 */
	final long sequence() {
		long sequence = this.sequence;
		return (sequence < 0) ? ~sequence : sequence;
	}

	final void entered(long sequence) {
		this.sequence = sequence;
	}

	/** Whether it has been removed, though it may be in its bin still. */
	final boolean isRemoved() {
		return this.sequence < 0;
	}

	final void removed() {
		this.sequence = ~this.sequence;
	}

	/** Leave the table, if it is still in it. */
	final void remove() {
		this.stripe.remove(this);
	}

	/** Whether nobody holds what this is the place of. */
	abstract boolean isAbandoned();

	/**
	 * Return what is to run if the referent was cleared, at most once.
	 * @return the callback, or {@code null} if the referent lives or nothing is to run
	 */
	abstract @Nullable OwnedCallback callback();

	/** Whether it stays in the table until its callback has run or was cancelled. */
	boolean staysUntilRun() {
		return false;
	}

	/**
	 * The place of a reference, which it holds weakly: one that nobody holds does not
	 * call back. Where there is a queue the link comes off it then, and is removed.
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

		@Nullable WeakRef<?> ref() {
			return (WeakRef<?>) get();
		}

	}

	/** The place of a shared reference. */
	static final class OfShared extends OfRef {

		OfShared(WeakRef<?> ref, int hash, ReferenceRegistry.Stripe stripe) {
			super(ref, hash, stripe, null);
		}

	}

	/**
	 * The place of a finalizer, which it holds: from its registration until it has run or
	 * was cancelled, also while it waits for the executor, and after that refused it. It
	 * refers weakly to the finalizer's referent and comes off the queue when that was
	 * cleared.
	 */
	static final class OfFinalizer extends ChainLink implements Runnable {

		final Finalizer<?> finalizer;

		/** Whether it was ever in a bin. */
		private boolean settled;

		private boolean handedOver;

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
			if (this.handedOver || !refersTo(null)) {
				return null;
			}
			this.handedOver = true;
			return new OwnedCallback(this.finalizer, this);
		}

		@Override
		boolean staysUntilRun() {
			return true;
		}

		void settled() {
			this.settled = true;
		}

		boolean isSettled() {
			return this.settled;
		}

		boolean isHandedOver() {
			return this.handedOver;
		}

		@Override
		public void run() {
			this.finalizer.runCollected();
		}

	}

}
