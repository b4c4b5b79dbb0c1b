package io.weakref.cleaner;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import org.jspecify.annotations.Nullable;

/**
 * Hands callbacks to an executor, counts them and reports what they throw. Each is
 * counted once, as one that ended or as one that was refused, whatever the executor does:
 * it may throw after it has run what it was given, run it twice, or run it after all when
 * it has refused.
 * <p>
 * The callbacks of one referent are a <em>group</em>: one thread runs them, in their
 * order. Between groups there is no order, and one task of the executor may have many.
 * Whoever begins to run a task takes its first group and, if there are more, asks for a
 * helper, another task of the same executor that takes groups from the same place. So as
 * many threads as the executor has share a task, a callback that blocks holds up none of
 * the others as long as there is a thread left, and where callbacks are short the helper
 * finds nothing to do. Helpers are handed over by the cleaner's own thread, as tasks are,
 * because an executor may block until one of its threads is free.
 */
final class CallbackDispatcher {

	/** How many callbacks a task may have, unless one referent has more. */
	static final int TASK_CALLBACKS = 256;

	private final Executor executor;

	/** Hands helpers over; {@code null} where the executor has but one thread. */
	private final @Nullable Executor helpers;

	private final CallbackErrorHandler errorHandler;

	private final FailureLog log;

	private final LongAdder ended = new LongAdder();

	private final LongAdder errors = new LongAdder();

	private final LongAdder pending = new LongAdder();

	private final String cleaner;

	CallbackDispatcher(String cleaner, Executor executor, @Nullable Executor helpers,
			@Nullable CallbackErrorHandler errorHandler) {
		this.cleaner = cleaner;
		this.executor = executor;
		this.helpers = helpers;
		this.log = new FailureLog(cleaner);
		this.errorHandler = (errorHandler != null) ? errorHandler : this.log;
	}

	/**
	 * Return a task without callbacks.
	 * @return what callbacks are added to, and then handed over, run or given up
	 */
	Task task() {
		return new Task();
	}

	/**
	 * Run a callback on the calling thread, which it finds and leaves as if nobody had
	 * interrupted it. Returns normally whatever it does.
	 * @param callback what to run
	 */
	void run(OwnedCallback callback) {
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

	/** Groups of callbacks, each of which runs once. Filled by one thread. */
	final class Task implements Runnable {

		/** Of a group that somebody has taken nothing is left. */
		private final List<List<OwnedCallback>> groups = new ArrayList<>();

		private int size;

		/** Set by whoever begins to run or refuses them. */
		private final AtomicBoolean begun = new AtomicBoolean();

		private final AtomicInteger taken = new AtomicInteger();

		private Task() {
		}

		/**
		 * Add a group and count its callbacks as pending. Not to be called once the task
		 * was handed over.
		 * @param group what to run, in this order; each is counted and reported by itself
		 */
		void add(List<OwnedCallback> group) {
			CallbackDispatcher.this.pending.add(group.size());
			this.groups.add(group);
			this.size += group.size();
		}

		boolean isEmpty() {
			return this.size == 0;
		}

		boolean isFull() {
			return this.size >= TASK_CALLBACKS;
		}

		/**
		 * Hand them to the executor. Returns normally whatever that does.
		 */
		void submit() {
			try {
				CallbackDispatcher.this.executor.execute(this);
			}
			catch (Throwable rejection) {
				if (begin()) {
					CallbackDispatcher.this.pending.add(-this.size);
					this.groups.forEach((group) -> group.forEach((callback) -> failed(callback.source(), rejection)));
				}
				else {
					CallbackDispatcher.this.log.log("The callback executor took a callback and failed",
							CallbackDispatcher.this.executor, rejection);
				}
			}
		}

		/**
		 * Give them up on a thread that must not run user code, not even the error
		 * handler's.
		 * @param reason why nobody takes them
		 */
		void lose(Throwable reason) {
			if (begin()) {
				CallbackDispatcher.this.pending.add(-this.size);
				CallbackDispatcher.this.errors.add(this.size);
				CallbackDispatcher.this.log.log(this.size + " callbacks were lost", this, reason);
			}
		}

		@Override
		public void run() {
			if (begin()) {
				runGroups();
			}
		}

		private void runGroups() {
			List<OwnedCallback> group = take();
			if (group != null && this.taken.get() < this.groups.size()) {
				askForHelp();
			}
			while (group != null) {
				group.forEach(this::runPending);
				group = take();
			}
		}

		private void askForHelp() {
			Executor helpers = CallbackDispatcher.this.helpers;
			if (helpers == null) {
				return;
			}
			try {
				helpers.execute(this::submitHelper);
			}
			catch (Throwable refusal) {
				// The cleaner was closed: who has begun goes on alone.
			}
		}

		private void submitHelper() {
			if (this.taken.get() < this.groups.size()) {
				try {
					CallbackDispatcher.this.executor.execute(this::runGroups);
				}
				catch (Throwable rejection) {
					// Who has begun goes on alone.
				}
			}
		}

		private @Nullable List<OwnedCallback> take() {
			int index = this.taken.getAndIncrement();
			return (index < this.groups.size()) ? this.groups.set(index, List.of()) : null;
		}

		private void runPending(OwnedCallback callback) {
			try {
				CallbackDispatcher.this.run(callback);
			}
			finally {
				CallbackDispatcher.this.pending.decrement();
			}
		}

		private boolean begin() {
			return this.begun.compareAndSet(false, true);
		}

	}

}
