package io.weakref.context;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Closes a cleaner together with its context: after everything else in the context has
 * stopped and before any bean is destroyed, so that the last callbacks and the finalizers
 * that run at exit can use the beans that they need.
 * <p>
 * Only closing the context closes the cleaner. While the context is stopped, or paused by
 * a test, dead entries are still removed and callbacks still run, so nothing needs to be
 * restarted.
 *
 * @since 0.1.0
 */
public final class WeakCleanerLifecycle
		implements SmartLifecycle, ApplicationContextAware, ApplicationListener<ContextClosedEvent>, DisposableBean {

	/**
	 * Starts before, and stops after, all phases that applications and frameworks use.
	 */
	static final int PHASE = Integer.MIN_VALUE + 1024;

	private final WeakCleaner cleaner;

	private final @Nullable CallbackExecutor executor;

	private @Nullable ApplicationContext applicationContext;

	private volatile boolean closing;

	private volatile boolean running;

	/**
	 * Create the lifecycle of a cleaner.
	 * @param cleaner the cleaner
	 * @param executor the executor of its callbacks; null if it belongs to the
	 * application
	 */
	public WeakCleanerLifecycle(WeakCleaner cleaner, @Nullable CallbackExecutor executor) {
		this.cleaner = cleaner;
		this.executor = executor;
		cleaner.runFinalizersOnCloseOnly();
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		if (this.closing) {
			end();
		}
		this.running = false;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.applicationContext) {
			this.closing = true;
		}
	}

	/**
	 * Close the cleaner of a context that was never started.
	 */
	@Override
	public void destroy() {
		end();
	}

	private void end() {
		this.cleaner.close();
		if (this.executor != null) {
			this.executor.close();
		}
	}

}
