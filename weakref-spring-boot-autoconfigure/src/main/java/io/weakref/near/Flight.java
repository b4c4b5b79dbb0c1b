package io.weakref.near;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * A load of one key that is in progress. Callers that ask for the key in the meantime
 * join it.
 */
final class Flight {

	private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

	/** The thread that loads, or null if the load is not bound to a thread. */
	private final @Nullable Thread loader;

	Flight(@Nullable Thread loader) {
		this.loader = loader;
	}

	void complete(@Nullable Object storeValue) {
		this.result.complete(storeValue);
	}

	void fail(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

	/**
	 * Wait until the load has ended.
	 * @throws Failure that wraps what the load threw
	 */
	@Nullable Object await() {
		if (this.loader == Thread.currentThread()) {
			throw new IllegalStateException("Recursive load: the loader asks the cache for the key that it is loading");
		}
		try {
			return this.result.join();
		}
		catch (CompletionException ex) {
			throw new Failure((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	/**
	 * Return a new future of the result. If the loader threw, the future fails with that
	 * exception itself, not wrapped.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the action throws nothing
	CompletableFuture<@Nullable Object> follow() {
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

	}

}
