package io.weakref.cleaner;

/**
 * Told what a callback threw, or that the executor refused to run it.
 * <p>
 * Called on the thread that ran the callback; on the thread that tried to hand it over
 * where the executor refused. Neither is the drain thread. What a handler throws itself
 * is logged and goes no further.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CallbackErrorHandler {

	/**
	 * Handle what a callback threw.
	 * @param source the reference, proxy or finalizer whose callback failed
	 * @param error what it threw, or the {@code RejectedExecutionException} of the
	 * executor
	 */
	void handle(Object source, Throwable error);

}
