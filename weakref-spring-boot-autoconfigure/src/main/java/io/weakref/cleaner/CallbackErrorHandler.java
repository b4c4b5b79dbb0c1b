package io.weakref.cleaner;

/**
 * Handles what a callback threw, or the refusal of the executor to run it.
 * <p>
 * Called on the thread that ran the callback or, if the executor refused it, on the
 * thread that tried to submit it. Neither is the drain thread. What a handler itself
 * throws is logged and not propagated.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CallbackErrorHandler {

	/**
	 * Handle a failure.
	 * @param source the reference, proxy or finalizer whose callback failed
	 * @param error what the callback threw or, if the executor refused it, what the
	 * executor threw, usually a {@code RejectedExecutionException}
	 */
	void handle(Object source, Throwable error);

}
