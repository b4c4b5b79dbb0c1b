package io.weakref.cleaner;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
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

	private final String cleaner;

	CallbackLane(String cleaner, Executor executor, @Nullable CallbackErrorHandler errorHandler) {
		this.cleaner = cleaner;
		this.executor = executor;
		this.errorHandler = (errorHandler != null) ? errorHandler : CallbackLane::log;
	}

	/**
	 * Queue callbacks as one task. Returns normally whatever the executor does.
	 * @param callbacks what to run, in this order; each is counted and reported by itself
	 */
	void dispatch(List<Callback> callbacks) {
		this.pending.add(callbacks.size());
		try {
			this.executor.execute(() -> callbacks.forEach(this::runPending));
		}
		catch (Throwable rejection) {
			this.pending.add(-callbacks.size());
			callbacks.forEach((callback) -> failed(callback.source(), rejection));
		}
	}

	private void runPending(Callback callback) {
		try {
			run(callback);
		}
		finally {
			this.pending.decrement();
		}
	}

	/**
	 * Run a callback on the calling thread. Returns normally whatever it does.
	 * @param callback what to run
	 */
	void run(Callback callback) {
		try {
			FlightRecord.run(this.cleaner, callback);
		}
		catch (Throwable error) {
			failed(callback.source(), error);
		}
		finally {
			this.ended.increment();
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
