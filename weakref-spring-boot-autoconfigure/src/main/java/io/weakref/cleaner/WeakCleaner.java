package io.weakref.cleaner;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
 * Notices garbage collections, removes dead entries from its weak collections, and has
 * the callbacks of references run.
 * <p>
 * Removal and callbacks run on different threads. The <em>drain thread</em>, a daemon
 * without a context class loader, takes cleared references off the queue and sweeps
 * tables. It never runs user code. A second thread submits callbacks to the executor
 * given to the builder, or runs them itself if there is none. So a callback or an error
 * handler that blocks, an executor that blocks when a callback is submitted, and an
 * executor that runs it on the submitting thread delay only other callbacks, never the
 * removal of entries.
 * <p>
 * Weak collections work without their cleaner: once it is closed, they remove their dead
 * entries in the course of their own calls. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WeakCleaner implements AutoCloseable {

	private static final VarHandle RUNNING;

	static {
		try {
			RUNNING = MethodHandles.lookup().findVarHandle(WeakCleaner.class, "running", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final String DEFAULT_NAME = "weakref-cleaner";

	private static final long CLOSE_TIMEOUT_NANOS = 5_000_000_000L;

	private static final int IDLE_SECONDS = 2;

	/**
	 * The thread of the shared cleaner ends after it has been idle for twice this time.
	 */
	private static final long IDLE_NANOS = IDLE_SECONDS * 1_000_000_000L;

	private static final long ERROR_PAUSE_NANOS = 100_000_000;

	/** Every cleaner that is still in use, for {@link #forEachEntry}. */
	private static final Set<WeakReference<WeakCleaner>> cleaners = ConcurrentHashMap.newKeySet();

	/** See {@link #addNeverShrinksListener}. */
	private static final List<Runnable> neverShrinksListeners = new CopyOnWriteArrayList<>();

	private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

	private final Sweeper sweeper;

	private final LongAdder purged = new LongAdder();

	private final CallbackDispatcher callbacks;

	/** What the drain thread has dispatched in this turn. Used by that thread only. */
	private CallbackDispatcher.Task dispatched;

	/**
	 * A single thread, which ends when it is idle. It runs the callbacks, or submits them
	 * to the executor given to the builder.
	 */
	private final ThreadPoolExecutor callbackThread;

	private final boolean handsOver;

	private volatile @Nullable Thread callbackWorker;

	private final String name;

	private final boolean shared;

	/**
	 * Set when it is first started. The shared cleaner starts a new one after each idle
	 * time.
	 */
	private volatile @Nullable Thread drainThread;

	/** Whether there is a drain thread or a thread is about to start one. */
	private volatile boolean running;

	/** Guards the creation of the {@link #attachment}. */
	private final Object attachmentLock = new Object();

	private volatile @Nullable CleanerAttachment attachment;

	private volatile boolean finalizersOnCloseOnly;

	private volatile boolean closed;

	/**
	 * Whether the drain thread runs or can be started; cheap enough to test on every
	 * insertion.
	 */
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
	 * Return the cleaner that is used where no other is given. Its thread starts when it
	 * has something to do, for a weak collection with entries, a callback or a finalizer.
	 * It ends some seconds after the last of these is gone, and starts again when needed.
	 * The shared cleaner cannot be closed: {@link #close()} throws an exception.
	 * @return the shared cleaner
	 */
	public static WeakCleaner shared() {
		return Shared.INSTANCE;
	}

	/**
	 * Return a builder for a cleaner with its own drain thread. The caller is responsible
	 * for closing the cleaner.
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
	 * Remove the dead entries of every weak collection of this cleaner now, on the
	 * calling thread. Works on a closed cleaner, too, and does not request a garbage
	 * collection. Of the weak collections that got their first entry after the last
	 * garbage collection, or after this cleaner was closed, only the newest 4096 are
	 * known and purged.
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
	 * Return whether the drain thread runs or will run as soon as there is something to
	 * do.
	 * @return {@code false} once this cleaner was closed or its thread has died
	 */
	public boolean isAlive() {
		return this.alive;
	}

	/**
	 * Run the finalizers that are due at exit, on the calling thread. Then end the drain
	 * thread, after it has submitted the callbacks of all references that were cleared so
	 * far. Weak collections continue to work and purge in their own calls; callbacks of
	 * referents that die later do not run. An executor given to the builder is not
	 * closed. Apart from the finalizers, this waits at most 5 seconds. Further calls do
	 * nothing.
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
		// Created in the meantime by a thread that did not see the flag.
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

	/** Pass what the drain thread has dispatched to the callback thread. */
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
	 * Promise that this cleaner will be closed, at the latest when the JVM exits. Its
	 * finalizers that are due at exit then run in {@link #close()} only, at that point of
	 * the owner's own shutdown sequence, and not concurrently with it in a shutdown hook.
	 * Has no effect on the {@link #shared()} cleaner, which cannot be closed.
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
			synchronized (this.attachmentLock) {
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
			// Closed in the meantime by a thread that did not see the holder.
			holder.letGoAll();
		}
	}

	void ensureRunning() {
		if (!this.running && !this.closed && RUNNING.compareAndSet(this, false, true)) {
			boolean started = false;
			try {
				Thread thread = daemon(this.name, new DrainLoop());
				this.drainThread = thread;
				thread.start();
				started = true;
			}
			finally {
				if (!started) {
					this.running = false;
				}
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
	 * Add a listener that is called when a weak collection of any cleaner was found that
	 * never shrinks, and again after each garbage collection of the old generation as
	 * long as that is so. The listener has to find out which weak collection it is. It is
	 * called on a thread created for that call; what it throws is logged.
	 * @param listener the listener, which is held strongly until it is removed
	 */
	public static void addNeverShrinksListener(Runnable listener) {
		neverShrinksListeners.add(listener);
	}

	/**
	 * Remove a listener. It may still be running, or about to run, on another thread.
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
					report("A listener for weak collections that never shrink failed", error);
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
				// Ignored: only close() ends this thread.
				wait = 0;
			}
			catch (Throwable error) {
				wait = ERROR_PAUSE_NANOS;
				report("The cleaner continues after an unexpected error", error);
			}
		}
		for (Reference<?> left = this.queue.poll(); left != null; left = this.queue.poll()) {
			handle(left);
		}
		handOver();
		return false;
	}

	/**
	 * Whether there is nothing to do, and nothing is left that could arrive on the queue.
	 */
	private boolean isIdle() {
		CleanerAttachment attachment = this.attachment;
		return this.sweeper.isIdle() && (attachment == null || attachment.isIdle());
	}

	/**
	 * Clear {@code running} before checking for work: a thread that adds something
	 * concurrently either starts a new drain thread, or its addition is seen by the
	 * check. Returns whether this thread is to end.
	 */
	private boolean ends() {
		this.running = false;
		return isIdle() || !RUNNING.compareAndSet(this, false, true);
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

	/** Wake up the drain thread with a reference that {@link #handle} ignores. */
	private void wakeUp() {
		new WeakReference<>(this, this.queue).enqueue();
	}

	private static void report(String message, Throwable error) {
		try {
			// Not a constant: creating the first logger of a JVM takes longer than
			// creating the first weak collection.
			System.getLogger(WeakCleaner.class.getName()).log(Level.ERROR, message, error);
		}
		catch (Throwable ignored) {
			// Probably out of memory: the thread must survive.
		}
	}

	/**
	 * Create a thread that does not refer to the classes of its creators: up to JDK 23 a
	 * thread keeps the protection domains, and so the class loaders, of all callers of
	 * its constructor.
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

	// Named classes rather than lambdas: the first lambda of a JVM takes longer than
	// everything else that the first weak collection needs.

	/** The task of the drain thread. */
	private final class DrainLoop implements Runnable {

		@Override
		public void run() {
			WeakCleaner.this.run();
		}

	}

	/** Creates a daemon thread. */
	private record Daemon(String name, Runnable task) implements PrivilegedAction<Thread> {

		@Override
		public Thread run() {
			Thread thread = new Thread(null, this.task, this.name, 0, false);
			thread.setDaemon(true);
			thread.setContextClassLoader(null);
			return thread;
		}

	}

	/** Creates the thread that runs or submits the callbacks. */
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

	/** Waits for something, at most for the given time. */
	private interface TimedWait {

		boolean await(long nanos) throws InterruptedException;

	}

	/** Creates the {@link #shared()} cleaner lazily. */
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
		 * Set the name of the drain thread, which is also the name of the cleaner.
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
		 * Set the executor that runs the callbacks. It is not closed with the cleaner.
		 * @param callbackExecutor the executor; by default one daemon thread, which ends
		 * when it is idle
		 * @return this builder
		 */
		public Builder callbackExecutor(Executor callbackExecutor) {
			this.callbackExecutor = Objects.requireNonNull(callbackExecutor, "callbackExecutor");
			return this;
		}

		/**
		 * Set the handler of what callbacks throw.
		 * @param errorHandler the handler; by default one that logs the source and the
		 * stack trace
		 * @return this builder
		 */
		public Builder errorHandler(CallbackErrorHandler errorHandler) {
			this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
			return this;
		}

		/**
		 * Create the cleaner and start its drain thread.
		 * @return a running cleaner
		 */
		public WeakCleaner build() {
			WeakCleaner cleaner = new WeakCleaner(this);
			cleaner.ensureRunning();
			return cleaner;
		}

	}

}
