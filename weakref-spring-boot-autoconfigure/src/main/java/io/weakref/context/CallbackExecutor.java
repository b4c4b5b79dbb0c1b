package io.weakref.context;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs the callbacks of a cleaner on at most a fixed number of threads, which end when
 * they are idle. Its queue is unbounded, so it rejects no callback before it is closed.
 *
 * @since 0.1.0
 */
public final class CallbackExecutor extends ThreadPoolExecutor {

	private static final Log logger = LogFactory.getLog(CallbackExecutor.class);

	private static final String THREAD_NAME_PREFIX = "weakref-callback-";

	private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

	private final Duration shutdownTimeout;

	private final Set<Thread> running = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Create an executor.
	 * @param threads how many callbacks may run at once, at least one
	 * @param virtualThreads whether they run on virtual threads; if the JVM has none,
	 * they run on platform threads and a line is logged
	 * @param shutdownTimeout how long queued callbacks may take once the executor is
	 * closed
	 */
	public CallbackExecutor(int threads, boolean virtualThreads, Duration shutdownTimeout) {
		super(threads, threads, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
				threadFactory(virtualThreads));
		this.shutdownTimeout = shutdownTimeout;
		allowCoreThreadTimeOut(true);
	}

	/**
	 * Run the queued callbacks for at most the shutdown timeout, then interrupt those
	 * that still run, and log how many were interrupted and how many never ran. If a
	 * callback calls this method, it does not wait: the queued callbacks run after that
	 * callback has ended. A second call does nothing.
	 */
	public void close() {
		shutdown();
		if (!this.closed.compareAndSet(false, true) || this.running.contains(Thread.currentThread())) {
			return;
		}
		try {
			if (awaitTermination(this.shutdownTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		int running = getActiveCount();
		List<Runnable> neverRun = shutdownNow();
		if (running > 0 || !neverRun.isEmpty()) {
			logger.warn(
					"Callbacks did not end within %s (weakref.cleaner.shutdown-timeout): %d were interrupted, %d never ran"
						.formatted(DurationFormatterUtils.print(this.shutdownTimeout, DurationFormat.Style.COMPOSITE),
								running, neverRun.size()));
		}
	}

	@Override
	protected void beforeExecute(Thread thread, Runnable task) {
		this.running.add(thread);
	}

	@Override
	protected void afterExecute(Runnable task, @Nullable Throwable error) {
		this.running.remove(Thread.currentThread());
	}

	private static ThreadFactory threadFactory(boolean virtualThreads) {
		ThreadFactory virtualThreadFactory = virtualThreads ? virtualThreadFactory() : null;
		return (virtualThreadFactory != null) ? virtualThreadFactory : platformThreadFactory();
	}

	private static @Nullable ThreadFactory virtualThreadFactory() {
		try {
			return new VirtualThreadTaskExecutor(THREAD_NAME_PREFIX).getVirtualThreadFactory();
		}
		catch (UnsupportedOperationException ex) {
			logger.info("weakref.cleaner.virtual-threads has no effect: Java " + Runtime.version().feature()
					+ " has no virtual threads, so callbacks run on platform threads");
			return null;
		}
	}

	/**
	 * Create threads with the application's context class loader for user code. The drain
	 * thread, which starts them, has none.
	 */
	private static ThreadFactory platformThreadFactory() {
		ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
		CustomizableThreadFactory threads = new CustomizableThreadFactory(THREAD_NAME_PREFIX);
		threads.setDaemon(true);
		return (task) -> {
			Thread thread = threads.newThread(task);
			thread.setContextClassLoader(classLoader);
			return thread;
		};
	}

}
