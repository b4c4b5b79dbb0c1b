package io.weakref.reference;

import java.security.AccessController;
import java.security.PrivilegedAction;

import org.jspecify.annotations.Nullable;

/**
 * The only shutdown hook of this library. It is added with the first finalizer. When a
 * cleaner was closed or the shared cleaner is idle, it is removed if no finalizer is
 * left, so that it does not keep this library's class loader alive.
 */
final class ShutdownHook {

	private static volatile @Nullable Thread hook;

	private static volatile boolean over;

	private ShutdownHook() {
	}

	/**
	 * Return whether the JVM is exiting and the finalizers that were due have run, after
	 * which no action runs any more.
	 * @return whether it is too late to run an action
	 */
	static boolean isOver() {
		return over;
	}

	/**
	 * Make sure that there is a hook. Must be called after the finalizer was added, so
	 * that {@link ReferenceRegistry#hasFinalizers()} sees it.
	 */
	static void arm() {
		if (hook != null) {
			return;
		}
		synchronized (ShutdownHook.class) {
			if (hook == null) {
				Thread thread = thread();
				try {
					Runtime.getRuntime().addShutdownHook(thread);
					hook = thread;
				}
				catch (IllegalStateException ex) {
					// The JVM is already exiting: too late for a hook.
				}
			}
		}
	}

	/** Remove the hook if no finalizer is left. */
	static synchronized void disarm() {
		Thread thread = hook;
		if (thread == null) {
			return;
		}
		// Clear hook before checking: a finalizer that is added concurrently either adds
		// a hook again or is seen by the check.
		hook = null;
		boolean removed = false;
		try {
			if (ReferenceRegistry.all().stream().noneMatch(ReferenceRegistry::hasFinalizers)) {
				Runtime.getRuntime().removeShutdownHook(thread);
				removed = true;
			}
		}
		catch (IllegalStateException ex) {
			// The JVM is exiting: the hook runs, and finds no finalizers.
		}
		finally {
			if (!removed) {
				hook = thread;
			}
		}
	}

	/**
	 * Create the thread of the hook in a privileged action: up to JDK 23 a thread keeps
	 * the protection domains, and so the class loaders, of all callers of its
	 * constructor.
	 */
	@SuppressWarnings("removal")
	private static Thread thread() {
		return AccessController.doPrivileged((PrivilegedAction<Thread>) () -> {
			Thread thread = new Thread(null, ShutdownHook::run, "weakref-exit", 0, false);
			thread.setContextClassLoader(null);
			return thread;
		});
	}

	private static void run() {
		ExitFinalizers run = new ExitFinalizers();
		boolean found = true;
		while (found) {
			found = false;
			for (ReferenceRegistry registry : ReferenceRegistry.all()) {
				found |= !registry.runsFinalizersOnCloseOnly() && registry.beginExit(run);
			}
			run.run();
		}
		over = true;
	}

}
