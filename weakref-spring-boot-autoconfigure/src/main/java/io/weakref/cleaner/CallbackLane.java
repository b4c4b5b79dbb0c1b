package io.weakref.cleaner;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Hands callbacks to an executor, counts them and reports what they throw. Each is
 * counted once, as one that ended or as one that was refused, whatever the executor does:
 * it may throw after it has run what it was given, run it twice, or run it after all when
 * it has refused.
 */
final class CallbackLane {

	private final Executor executor;

	private final CallbackErrorHandler errorHandler;

	private final FailureLog log;

	private final LongAdder ended = new LongAdder();

	private final LongAdder errors = new LongAdder();

	private final LongAdder pending = new LongAdder();

	private final String cleaner;

	CallbackLane(String cleaner, Executor executor, @Nullable CallbackErrorHandler errorHandler) {
		this.cleaner = cleaner;
		this.executor = executor;
		this.log = new FailureLog(cleaner);
		this.errorHandler = (errorHandler != null) ? errorHandler : this.log;
	}

	/**
	 * Count callbacks as pending.
	 * @param callbacks what to run, in this order; each is counted and reported by itself
	 * @return what is to be run, handed over or refused
	 */
	Task accept(List<Callback> callbacks) {
		this.pending.add(callbacks.size());
		return new Task(callbacks);
	}

	/**
	 * Run a callback on the calling thread, which it finds and leaves as if nobody had
	 * interrupted it. Returns normally whatever it does.
	 * @param callback what to run
	 */
	void run(Callback callback) {
		boolean interrupted = Thread.interrupted();
		try {
			FlightRecord.run(this.cleaner, callback);
		}
		catch (Throwable error) {
			failed(callback.source(), error);
		}
		finally {
			this.ended.increment();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
			else {
				Thread.interrupted();
			}
		}
	}

	private void failed(Object source, Throwable error) {
		this.errors.increment();
		try {
			this.errorHandler.handle(source, error);
		}
		catch (Throwable second) {
			this.log.handle(this.errorHandler, second);
		}
	}

	CleanerStats stats(long purged) {
		return new CleanerStats(purged, this.ended.sum(), this.errors.sum(), Math.max(0, this.pending.sum()));
	}

	/** Report what has not been, and delay no report any more. */
	void close() {
		this.log.close();
	}

	/** Callbacks that run one after another, once. */
	final class Task implements Runnable {

		private final List<Callback> callbacks;

		/** Set by whoever runs or refuses them. */
		private final AtomicBoolean taken = new AtomicBoolean();

		private Task(List<Callback> callbacks) {
			this.callbacks = callbacks;
		}

		/**
		 * Hand them to the executor. Returns normally whatever that does.
		 */
		void submit() {
			try {
				CallbackLane.this.executor.execute(this);
			}
			catch (Throwable rejection) {
				if (take()) {
					CallbackLane.this.pending.add(-this.callbacks.size());
					this.callbacks.forEach((callback) -> failed(callback.source(), rejection));
				}
				else {
					CallbackLane.this.log.log("The callback executor took a callback and failed",
							CallbackLane.this.executor, rejection);
				}
			}
		}

		/**
		 * Give them up on a thread that must not run user code, not even the error
		 * handler's.
		 * @param reason why nobody takes them
		 */
		void lose(Throwable reason) {
			if (take()) {
				CallbackLane.this.pending.add(-this.callbacks.size());
				CallbackLane.this.errors.add(this.callbacks.size());
				CallbackLane.this.log.log(this.callbacks.size() + " callbacks were lost", this, reason);
			}
		}

		@Override
		public void run() {
			if (take()) {
				this.callbacks.forEach(this::runPending);
			}
		}

		private void runPending(Callback callback) {
			try {
				CallbackLane.this.run(callback);
			}
			finally {
				CallbackLane.this.pending.decrement();
			}
		}

		private boolean take() {
			return this.taken.compareAndSet(false, true);
		}

	}

}
