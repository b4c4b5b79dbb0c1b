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
 * Hands callbacks to an executor, counts them and reports what they throw. Each callback
 * is counted once, either as ended or as refused, no matter what the executor does: it
 * may throw after it has run a task, run a task twice, or run a task that it has refused.
 * <p>
 * The callbacks of one referent form a <em>group</em>: one thread runs them, in their
 * order. Groups have no order among them, and one task of the executor may contain many
 * groups. The thread that begins to run a task takes the first group and, if there are
 * more, asks for a helper: another task of the same executor, which takes groups of the
 * same task. So all threads of the executor can share one task. A callback that blocks
 * delays no other group as long as another thread is free, and if callbacks are short,
 * the helper finds nothing left to do. Helpers are submitted by the cleaner's own thread,
 * like tasks, because an executor may block until one of its threads is free.
 */
final class CallbackDispatcher {

	/**
	 * The number of callbacks at which a task is full. It may have more if one referent
	 * has more.
	 */
	static final int TASK_CALLBACKS = 256;

	private final Executor executor;

	/** Submits helpers; {@code null} if the executor has only one thread. */
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
	 * Return an empty task.
	 * @return a task to which callbacks are added and which is then submitted, run or
	 * abandoned
	 */
	Task task() {
		return new Task();
	}

	/**
	 * Run a callback on the calling thread. The callback does not see an interrupt of
	 * that thread, which is restored afterwards, and an interrupt that it leaves behind
	 * is cleared. Always returns normally.
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

	/** Report failures that are not reported yet, and delay no more reports. */
	void close() {
		this.log.close();
	}

	/** Groups of callbacks, each of which runs once. One thread adds the groups. */
	final class Task implements Runnable {

		/**
		 * A group that a thread has taken is replaced by an empty one. There is room for
		 * all groups, so that none is lost if memory runs out.
		 */
		private final List<List<OwnedCallback>> groups = new ArrayList<>(TASK_CALLBACKS);

		private int size;

		/**
		 * Set by the thread that begins to run the callbacks, reports them as refused or
		 * abandons them.
		 */
		private final AtomicBoolean begun = new AtomicBoolean();

		private final AtomicInteger taken = new AtomicInteger();

		private Task() {
		}

		/**
		 * Add a group and count its callbacks as pending. Must not be called after the
		 * task was submitted.
		 * @param group what to run, in this order; each callback is counted and reported
		 * individually
		 */
		void add(List<OwnedCallback> group) {
			this.groups.add(group);
			this.size += group.size();
			CallbackDispatcher.this.pending.add(group.size());
		}

		boolean isEmpty() {
			return this.size == 0;
		}

		boolean isFull() {
			return this.size >= TASK_CALLBACKS;
		}

		/**
		 * Submit this task to the executor. Always returns normally.
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
					CallbackDispatcher.this.log.log("The callback executor threw after it had accepted a task",
							CallbackDispatcher.this.executor, rejection);
				}
			}
		}

		/**
		 * Abandon the callbacks, on a thread that must not run user code, not even the
		 * error handler.
		 * @param reason why no thread runs them
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
				// The cleaner was closed: the thread that has begun continues alone.
			}
		}

		private void submitHelper() {
			if (this.taken.get() < this.groups.size()) {
				try {
					CallbackDispatcher.this.executor.execute(this::runGroups);
				}
				catch (Throwable rejection) {
					// The thread that has begun continues alone.
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
