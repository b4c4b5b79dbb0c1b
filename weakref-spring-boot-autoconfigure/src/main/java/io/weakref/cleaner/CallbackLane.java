package io.weakref.cleaner;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Hands callbacks to an executor, counts them and reports what they throw. Keeps user
 * code off the drain thread.
 */
final class CallbackLane {

	private static final Logger logger = System.getLogger(WeakCleaner.class.getName());

	private final Executor executor;

	private final CallbackErrorHandler errorHandler;

	private final LongAdder ended = new LongAdder();

	private final LongAdder errors = new LongAdder();

	private final LongAdder pending = new LongAdder();

	CallbackLane(Executor executor, @Nullable CallbackErrorHandler errorHandler) {
		this.executor = executor;
		this.errorHandler = (errorHandler != null) ? errorHandler : CallbackLane::log;
	}

	/**
	 * Queue a callback. Returns normally whatever the executor does.
	 * @param source what the callback belongs to
	 * @param callback the user's code
	 */
	void dispatch(Object source, Runnable callback) {
		this.pending.increment();
		try {
			this.executor.execute(() -> run(source, callback));
		}
		catch (Throwable rejection) {
			this.pending.decrement();
			failed(source, rejection);
		}
	}

	private void run(Object source, Runnable callback) {
		try {
			callback.run();
		}
		catch (Throwable error) {
			failed(source, error);
		}
		finally {
			this.ended.increment();
			this.pending.decrement();
		}
	}

	private void failed(Object source, Throwable error) {
		this.errors.increment();
		try {
			this.errorHandler.handle(source, error);
		}
		catch (Throwable second) {
			log(this.errorHandler, second);
		}
	}

	CleanerStats stats(long purged) {
		return new CleanerStats(purged, this.ended.sum(), this.errors.sum(), Math.max(0, this.pending.sum()));
	}

	private static void log(Object source, Throwable error) {
		logger.log(Level.WARNING, "Callback of " + describe(source) + " failed", error);
	}

	private static String describe(Object source) {
		try {
			return source.toString();
		}
		catch (Throwable ignored) {
			return source.getClass().getName();
		}
	}

}
