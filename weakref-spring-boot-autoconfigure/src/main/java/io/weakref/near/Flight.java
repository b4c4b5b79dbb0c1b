package io.weakref.near;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.core.NestedExceptionUtils;

/**
 * A load of one key that is in progress. Callers that ask for the key in the meantime
 * join it.
 * <p>
 * While a load runs on a thread, that thread has reserved the flight in a weak
 * dictionary, and callers that join wait for the reservation. The dictionary refuses a
 * wait that would close a cycle: threads that wait for each other's loads, in any near
 * cache or weak collection.
 */
final class Flight {

	/** Contains reservations only, never an entry. */
	private static final WeakValueDictionary<Flight, Object> RESERVATIONS = new WeakValueDictionary<>();

	private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

	/** The thread that runs the loader now. Only that thread needs to see itself here. */
	private @Nullable Thread loader;

	void complete(@Nullable Object storeValue) {
		this.result.complete(storeValue);
	}

	void fail(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

	/**
	 * Run an action of this load on the current thread. Meanwhile a thread that joins
	 * this flight waits for the current thread.
	 * @param action what to run
	 * @return what the action returned
	 */
	<T> @Nullable T run(Supplier<? extends @Nullable T> action) {
		AtomicReference<@Nullable T> result = new AtomicReference<>();
		RESERVATIONS.compute(this, (self, none) -> {
			this.loader = Thread.currentThread();
			try {
				result.set(action.get());
			}
			finally {
				this.loader = null;
			}
			return null;
		});
		return result.get();
	}

	/** Return the result of a load that has ended normally. */
	@Nullable Object result() {
		return this.result.join();
	}

	/**
	 * Wait until the load has ended.
	 * @throws Failure that wraps what the load threw
	 * @throws IllegalStateException if the load waits for the calling thread
	 */
	@Nullable Object await() {
		if (this.loader == Thread.currentThread()) {
			throw recursiveLoad();
		}
		awaitLoader();
		try {
			return this.result.join();
		}
		catch (CompletionException ex) {
			throw new Failure((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	private void awaitLoader() {
		try {
			RESERVATIONS.compute(this, (self, none) -> null);
		}
		catch (IllegalStateException ex) {
			throw new RefusedWaitException();
		}
	}

	/**
	 * Return a new future of the result. If the loader threw, the future fails with that
	 * exception itself, not wrapped. It fails immediately if the calling thread is the
	 * one that runs the loader.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the action throws nothing
	CompletableFuture<@Nullable Object> follow() {
		if (this.loader == Thread.currentThread()) {
			return CompletableFuture.failedFuture(recursiveLoad());
		}
		CompletableFuture<@Nullable Object> follower = new CompletableFuture<>();
		this.result.whenComplete((value, failure) -> {
			if (failure != null) {
				boolean thrownByLoader = failure instanceof Cache.ValueRetrievalException && failure.getCause() != null;
				follower.completeExceptionally(thrownByLoader ? failure.getCause() : failure);
			}
			else {
				follower.complete(value);
			}
		});
		return follower;
	}

	private static IllegalStateException recursiveLoad() {
		return new IllegalStateException("Recursive load: the loader asks the cache for the key that it is loading");
	}

	/**
	 * Carries what a load threw to a caller that joined it.
	 */
	static final class Failure extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final transient Throwable thrown;

		Failure(Throwable thrown) {
			super(null, thrown, false, false);
			this.thrown = thrown;
		}

		Throwable thrown() {
			return this.thrown;
		}

		/**
		 * Return whether the load failed because its thread would have waited for a
		 * caller. Then another thread may be able to load the key.
		 */
		boolean isRefusedWait() {
			return NestedExceptionUtils.getMostSpecificCause(this.thrown) instanceof RefusedWaitException;
		}

	}

	/**
	 * Thrown instead of waiting for a load that waits for the calling thread.
	 */
	private static final class RefusedWaitException extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		RefusedWaitException() {
			super("Recursive load: the loader of this key waits for a key that the calling thread is loading");
		}

	}

}
