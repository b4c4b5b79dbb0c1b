package io.weakref.cleaner;

import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

import io.weakref.cleaner.CleanerInternals.CleanerAttachment;
import io.weakref.cleaner.CleanerInternals.Holder;
import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.CleanerInternals.QueuedReference;
import io.weakref.cleaner.CleanerInternals.Sweepable;
import org.jspecify.annotations.Nullable;

/**
 * Learns of collections, removes what died from the collections it serves, and runs the
 * callbacks of references.
 * <p>
 * There are two lanes. The <em>drain thread</em>, a daemon without a context class
 * loader, takes cleared references off the queue and sweeps tables; it never runs user
 * code. Callbacks go to the executor given to the builder, from a thread that does
 * nothing else. So a callback that blocks, an executor that blocks when it is given one
 * or runs it on the calling thread, and an error handler that blocks delay other
 * callbacks and no removal.
 * <p>
 * Collections work without their cleaner: once it is closed they remove their dead
 * entries in the course of their own calls. Safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class WeakCleaner implements AutoCloseable {

	private static final String DEFAULT_NAME = "weakref-cleaner";

	private static final long CLOSE_TIMEOUT_NANOS = 5_000_000_000L;

	private static final int IDLE_SECONDS = 2;

	/** The shared thread ends when it was idle, and has been for twice this time. */
	private static final long IDLE_NANOS = IDLE_SECONDS * 1_000_000_000L;

	private static final long ERROR_PAUSE_NANOS = 100_000_000;

	/** Every cleaner that somebody still uses: for {@link #forEachEntry}. */
	private static final Set<WeakReference<WeakCleaner>> cleaners = ConcurrentHashMap.newKeySet();

	/** See {@link #addNeverShrinksListener}. */
	private static final List<Runnable> neverShrinksListeners = new CopyOnWriteArrayList<>();

	private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

	private final Sweeper sweeper;

	private final LongAdder purged = new LongAdder();

	private final CallbackDispatcher callbacks;

	/** What the drain thread has dispatched in this turn; its own. */
	private CallbackDispatcher.Task dispatched;

	/**
	 * One thread, which ends when it is idle: runs the callbacks, or hands them to the
	 * executor given to the builder.
	 */
	private final ThreadPoolExecutor callbackThread;

	private final boolean handsOver;

	private volatile @Nullable Thread callbackWorker;

	private final String name;

	private final boolean shared;

	/** There once it was started; another one each time that the shared one starts. */
	private volatile @Nullable Thread drainThread;

	/** Whether there is a drain thread, or somebody is about to start one. */
	private final AtomicBoolean running = new AtomicBoolean();

	private volatile @Nullable CleanerAttachment attachment;

	private volatile boolean finalizersOnCloseOnly;

	private volatile boolean closed;

	/** Whether the drain thread runs and will; cheap enough to ask on every insertion. */
	private volatile boolean alive = true;

	private WeakCleaner(Builder builder) {
		this.handsOver = builder.callbackExecutor != null;
		this.callbackThread = callbackThread(builder.threadName + (this.handsOver ? "-dispatch" : "-callbacks"));
		Executor executor = (builder.callbackExecutor != null) ? builder.callbackExecutor : this.callbackThread;
		this.sweeper = new Sweeper(builder.threadName, this.queue);
		this.callbacks = new CallbackDispatcher(builder.threadName, executor,
				this.handsOver ? this.callbackThread : null, builder.errorHandler);
		this.dispatched = this.callbacks.task();
		this.shared = builder.shared;
		this.name = builder.threadName;
		for (Iterator<WeakReference<WeakCleaner>> it = cleaners.iterator(); it.hasNext();) {
			if (it.next().refersTo(null)) {
				it.remove();
			}
		}
		cleaners.add(new WeakReference<>(this));
	}

	/**
	 * Return the cleaner of everything that was given no other. Its thread starts when
	 * there is something to serve, a collection with entries, a callback or a finalizer,
	 * ends some seconds after the last of them has gone, and starts again. Never closed:
	 * {@link #close()} on it throws.
	 * @return the shared cleaner
	 */
	public static WeakCleaner shared() {
		return Shared.INSTANCE;
	}

	/**
	 * Return a builder for a cleaner with its own drain thread. Whoever builds it closes
	 * it.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the name of this cleaner.
	 * @return the name of its drain thread
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Remove now, in every collection of this cleaner, what has died. Runs on the calling
	 * thread, works on a closed cleaner too, and does not ask for a garbage collection.
	 * Of the collections that got their first entry after the last garbage collection, or
	 * after this cleaner was closed, the newest 4096 are known.
	 */
	public void purge() {
		this.sweeper.purge();
	}

	/**
	 * Return what this cleaner has done so far.
	 * @return the statistics
	 */
	public CleanerStats stats() {
		return this.callbacks.stats(this.purged.sum());
	}

	/**
	 * Return whether the drain thread runs, or will as soon as there is something to do.
	 * @return {@code false} once this cleaner was closed or its thread has died
	 */
	public boolean isAlive() {
		return this.alive;
	}

	/**
	 * Run the finalizers that are due at exit, on the calling thread; then end the drain
	 * thread, after it has handed over the callbacks of what was cleared so far.
	 * Collections go on working and purge on their own calls; references whose referents
	 * die later do not call back. An executor given to the builder is left alone. Does
	 * nothing the second time.
	 * @throws UnsupportedOperationException if this is the {@link #shared()} cleaner
	 */
	@Override
	public void close() {
		if (this.shared) {
			throw new UnsupportedOperationException("The shared cleaner cannot be closed");
		}
		closeAttachment();
		this.closed = true;
		this.alive = false;
		// Made meanwhile, by a thread that did not see the flag.
		closeAttachment();
		this.sweeper.holders().letGoAll();
		wakeUp();
		long deadline = System.nanoTime() + CLOSE_TIMEOUT_NANOS;
		Thread drainThread = this.drainThread;
		if (drainThread != null && Thread.currentThread() != drainThread) {
			awaitUninterruptibly(deadline, (left) -> {
				TimeUnit.NANOSECONDS.timedJoin(drainThread, left);
				return !drainThread.isAlive();
			});
		}
		this.callbackThread.shutdown();
		if (this.handsOver && Thread.currentThread() != this.callbackWorker) {
			awaitUninterruptibly(deadline, (left) -> this.callbackThread.awaitTermination(left, TimeUnit.NANOSECONDS));
		}
		this.callbacks.close();
	}

	private void closeAttachment() {
		CleanerAttachment attachment = this.attachment;
		if (attachment != null) {
			attachment.beforeClose();
		}
	}

	private static void awaitUninterruptibly(long deadline, TimedWait wait) {
		boolean interrupted = false;
		boolean done = false;
		long left = deadline - System.nanoTime();
		while (left > 0 && !done) {
			try {
				done = wait.await(left);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			left = deadline - System.nanoTime();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	ReferenceQueue<Object> queue() {
		return this.queue;
	}

	void dispatch(Object source, Runnable callback) {
		dispatch(List.of(new OwnedCallback(source, callback)));
	}

	void dispatch(List<OwnedCallback> callbacks) {
		if (Thread.currentThread() != this.drainThread) {
			CallbackDispatcher.Task task = this.callbacks.task();
			task.add(callbacks);
			task.submit();
			return;
		}
		this.dispatched.add(callbacks);
		if (this.dispatched.isFull() || this.closed) {
			handOver();
		}
	}

	/** Have the callback thread see to what the drain thread has dispatched. */
	private void handOver() {
		CallbackDispatcher.Task task = this.dispatched;
		if (task.isEmpty()) {
			return;
		}
		this.dispatched = this.callbacks.task();
		try {
			this.callbackThread.execute(this.handsOver ? task::submit : task);
		}
		catch (Throwable refusal) {
			task.lose(refusal);
		}
	}

	void run(OwnedCallback callback) {
		this.callbacks.run(callback);
	}

	/**
	 * Promise to close this cleaner when the JVM exits, at the latest. Its finalizers
	 * that are due at exit then run in {@link #close()} only, in their place in the
	 * owner's own shutdown, and not on a thread beside it. Does nothing to the
	 * {@link #shared()} cleaner, which cannot be closed.
	 */
	public void runFinalizersOnCloseOnly() {
		this.finalizersOnCloseOnly = !this.shared;
	}

	boolean runsFinalizersOnCloseOnly() {
		return this.finalizersOnCloseOnly;
	}

	CleanerAttachment attachment(Function<? super WeakCleaner, ? extends CleanerAttachment> factory) {
		CleanerAttachment attachment = this.attachment;
		if (attachment == null) {
			synchronized (this.callbacks) {
				attachment = this.attachment;
				if (attachment == null) {
					attachment = factory.apply(this);
					this.attachment = attachment;
				}
			}
			if (this.closed) {
				attachment.beforeClose();
			}
		}
		return attachment;
	}

	Object register(Sweepable table, WeakReference<?> owner) {
		Object registration = this.sweeper.register(table, owner, this.alive);
		ensureRunning();
		return registration;
	}

	void hold(Holder holder, WeakReference<?> owner) {
		this.sweeper.holders().add(holder, owner);
		if (isAlive()) {
			ensureRunning();
			wakeUp();
		}
		if (!isAlive()) {
			// Closed meanwhile, by a thread that did not see the holder.
			holder.letGoAll();
		}
	}

	void ensureRunning() {
		if (!this.running.get() && !this.closed && this.running.compareAndSet(false, true)) {
			try {
				Thread thread = daemon(this.name, new DrainLoop());
				this.drainThread = thread;
				thread.start();
			}
			catch (Throwable error) {
				this.running.set(false);
				throw error;
			}
		}
	}

	boolean settleSoon(Sweepable table) {
		if (!isAlive()) {
			return false;
		}
		this.sweeper.settleSoon(table);
		ensureRunning();
		wakeUp();
		return true;
	}

	void countPurged(long entries) {
		this.purged.add(entries);
	}

	static void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		for (Iterator<WeakReference<WeakCleaner>> it = cleaners.iterator(); it.hasNext();) {
			WeakCleaner cleaner = it.next().get();
			if (cleaner == null) {
				it.remove();
			}
			else {
				cleaner.sweeper.forEachTable((table) -> table.forEachEntry(referent, action));
			}
		}
	}

	/**
	 * Add a listener that is told when a collection of any cleaner has been found that
	 * never shrinks, again after each garbage collection of the old generation. It finds
	 * out by itself which one. Runs on a thread made for it; what it throws is logged.
	 * @param listener the listener, which is held until it is removed
	 */
	public static void addNeverShrinksListener(Runnable listener) {
		neverShrinksListeners.add(listener);
	}

	/**
	 * Remove a listener. It may be running, or about to, on another thread.
	 * @param listener the listener
	 */
	public static void removeNeverShrinksListener(Runnable listener) {
		neverShrinksListeners.remove(listener);
	}

	private void tellThatACollectionNeverShrinks() {
		if (!neverShrinksListeners.isEmpty()) {
			daemon(this.name + "-ages", () -> neverShrinksListeners.forEach((listener) -> {
				try {
					listener.run();
				}
				catch (Throwable error) {
					report("A listener failed", error);
				}
			})).start();
		}
	}

	private void run() {
		boolean idle = false;
		try {
			idle = drain();
		}
		finally {
			if (!idle) {
				this.alive = false;
				this.sweeper.holders().letGoAll();
			}
		}
	}

	/**
	 * Serve until this cleaner is closed or, if it is the shared one, idle.
	 * @return whether it is idle
	 */
	private boolean drain() {
		long wait = 0;
		boolean idle = false;
		while (!this.closed) {
			try {
				Reference<?> reference = next(this.shared ? Math.min(wait, IDLE_NANOS) : wait);
				boolean nothing = reference == null && wait > 0;
				for (int i = 0; reference != null && i < Sweeper.TURN_REFERENCES; i++) {
					handle(reference);
					reference = this.queue.poll();
				}
				if (reference != null) {
					handle(reference);
				}
				handOver();
				wait = this.sweeper.run();
				if (this.sweeper.hasFoundThatNeverShrinks()) {
					tellThatACollectionNeverShrinks();
				}
				if (this.shared) {
					boolean before = idle;
					idle = nothing && isIdle();
					if (idle && before && ends()) {
						return true;
					}
				}
			}
			catch (InterruptedException ex) {
				// Nobody else's business: this thread ends by close() alone.
				wait = 0;
			}
			catch (Throwable error) {
				wait = ERROR_PAUSE_NANOS;
				report("The cleaner goes on after an unexpected error", error);
			}
		}
		for (Reference<?> left = this.queue.poll(); left != null; left = this.queue.poll()) {
			handle(left);
		}
		handOver();
		return false;
	}

	/** Whether nothing is served, and nothing is left that could come off the queue. */
	private boolean isIdle() {
		CleanerAttachment attachment = this.attachment;
		return this.sweeper.isIdle() && (attachment == null || attachment.isIdle());
	}

	/**
	 * Say that this thread ends, and only then look whether somebody has added something
	 * and believed that it runs.
	 */
	private boolean ends() {
		this.running.set(false);
		return isIdle() || !this.running.compareAndSet(false, true);
	}

	private @Nullable Reference<?> next(long nanos) throws InterruptedException {
		if (nanos == 0) {
			return this.queue.poll();
		}
		if (nanos == Long.MAX_VALUE) {
			return this.queue.remove();
		}
		return this.queue.remove(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
	}

	private void handle(Reference<?> reference) {
		if (reference instanceof QueuedReference queued) {
			queued.onCleared();
		}
		else if (reference instanceof Sweeper.Newcomer newcomer) {
			this.sweeper.add(newcomer.target);
		}
		else if (reference instanceof Sweeper.Canary) {
			this.sweeper.collected();
		}
		else if (reference instanceof OldCollections.Canary) {
			this.sweeper.oldCollected();
		}
		else {
			CleanerAttachment attachment = this.attachment;
			if (attachment != null) {
				attachment.onCleared(reference);
			}
		}
	}

	/** Put something on the queue that {@link #handle} passes over. */
	private void wakeUp() {
		new WeakReference<>(this, this.queue).enqueue();
	}

	private static void report(String message, Throwable error) {
		try {
			// Not a constant: the first logger of a JVM takes longer than a first weak
			// collection.
			System.getLogger(WeakCleaner.class.getName()).log(Level.ERROR, message, error);
		}
		catch (Throwable ignored) {
			// Out of memory, most likely: the thread must live on.
		}
	}

	/**
	 * Make a thread that refers to nobody's classes: up to JDK 23 a thread remembers the
	 * protection domains, and so the class loaders, of every caller of its constructor.
	 */
	@SuppressWarnings("removal")
	static Thread daemon(String name, Runnable task) {
		return AccessController.doPrivileged(new Daemon(name, task));
	}

	private ThreadPoolExecutor callbackThread(String name) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new CallbackThreads(name));
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	// Classes with names, not lambdas: the first lambda of a JVM takes longer than all
	// else that a first collection needs.

	/** What the drain thread runs. */
	private final class DrainLoop implements Runnable {

		@Override
		public void run() {
			WeakCleaner.this.run();
		}

	}

	/** Makes a daemon thread. */
	private record Daemon(String name, Runnable task) implements PrivilegedAction<Thread> {

		@Override
		public Thread run() {
			Thread thread = new Thread(null, this.task, this.name, 0, false);
			thread.setDaemon(true);
			thread.setContextClassLoader(null);
			return thread;
		}

	}

	/** Makes the thread that runs the callbacks. */
	private final class CallbackThreads implements ThreadFactory {

		private final String name;

		CallbackThreads(String name) {
			this.name = name;
		}

		@Override
		public Thread newThread(Runnable task) {
			return daemon(this.name, () -> {
				WeakCleaner.this.callbackWorker = Thread.currentThread();
				task.run();
			});
		}

	}

	/** Waits for something, for no longer than it is told. */
	private interface TimedWait {

		boolean await(long nanos) throws InterruptedException;

	}

	/** Makes {@link #shared()} lazy. */
	private static final class Shared {

		private static final WeakCleaner INSTANCE = new WeakCleaner(builder().shared());

		private Shared() {
		}

	}

	/**
	 * Builds a {@link WeakCleaner}.
	 */
	public static final class Builder {

		private String threadName = DEFAULT_NAME;

		private @Nullable Executor callbackExecutor;

		private @Nullable CallbackErrorHandler errorHandler;

		private boolean shared;

		private Builder() {
		}

		private Builder shared() {
			this.shared = true;
			return this;
		}

		/**
		 * Set the name of the drain thread, which is the name of the cleaner too.
		 * @param threadName the name, not blank; {@code weakref-cleaner} by default
		 * @return this builder
		 */
		public Builder threadName(String threadName) {
			if (threadName.isBlank()) {
				throw new IllegalArgumentException("threadName must not be blank");
			}
			this.threadName = threadName;
			return this;
		}

		/**
		 * Set what runs the callbacks. The executor is not closed with the cleaner.
		 * @param callbackExecutor the executor; by default one daemon thread, which ends
		 * when it is idle
		 * @return this builder
		 */
		public Builder callbackExecutor(Executor callbackExecutor) {
			this.callbackExecutor = Objects.requireNonNull(callbackExecutor, "callbackExecutor");
			return this;
		}

		/**
		 * Set who is told what callbacks throw.
		 * @param errorHandler the handler; by default one that logs the source and the
		 * stack
		 * @return this builder
		 */
		public Builder errorHandler(CallbackErrorHandler errorHandler) {
			this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
			return this;
		}

		/**
		 * Make the cleaner and start its drain thread.
		 * @return a running cleaner
		 */
		public WeakCleaner build() {
			WeakCleaner cleaner = new WeakCleaner(this);
			cleaner.ensureRunning();
			return cleaner;
		}

	}

}
