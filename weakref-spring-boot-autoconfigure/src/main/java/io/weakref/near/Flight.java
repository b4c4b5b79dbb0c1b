package io.weakref.near;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * A load of one key that runs, and that those who ask for the key meanwhile join.
 */
final class Flight {

	private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

	/** The thread that loads, null where the load is not bound to one. */
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
	 * Wait for the end of the load.
	 * @throws Failure around what the load threw
	 */
	@Nullable Object await() {
		if (this.loader == Thread.currentThread()) {
			throw new IllegalStateException("Recursive load: the loader asks for the key that it loads");
		}
		try {
			return this.result.join();
		}
		catch (CompletionException ex) {
			throw new Failure((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	/**
	 * Return a future of the result that nobody else has; what a loader threw is its
	 * failure, as it is.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // nothing is thrown there
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
	 * Carries what a load threw to somebody who joined it.
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
