package io.weakref.reference;

import java.security.AccessController;
import java.security.PrivilegedAction;

import org.jspecify.annotations.Nullable;

/**
 * The one shutdown hook: made with the first finalizer, and taken back when a cleaner was
 * closed, or the shared one is idle, and no finalizer is left, so that it does not keep
 * this library's own class loader.
 */
final class ShutdownHook {

	private static volatile @Nullable Thread hook;

	private static volatile boolean over;

	private ShutdownHook() {
	}

	/**
	 * Return whether the JVM exits and what was due has run: nothing is run any more.
	 * @return whether it is too late
	 */
	static boolean isOver() {
		return over;
	}

	/**
	 * Make sure that there is a hook. To be called after the finalizer was added to what
	 * {@link ReferenceRegistry#hasFinalizers()} looks at.
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
					// The JVM is exiting already: too late for a hook.
				}
			}
		}
	}

	/** Take the hook back if no finalizer is left. */
	static synchronized void disarm() {
		Thread thread = hook;
		if (thread == null) {
			return;
		}
		// First this, then the look: who adds a finalizer and still sees the hook is
		// seen.
		hook = null;
		if (ReferenceRegistry.all().stream().anyMatch(ReferenceRegistry::hasFinalizers)) {
			hook = thread;
			return;
		}
		try {
			Runtime.getRuntime().removeShutdownHook(thread);
		}
		catch (IllegalStateException ex) {
			// The JVM is exiting: the hook runs, and finds nothing.
			hook = thread;
		}
	}

	/**
	 * Up to JDK 23 a thread remembers the protection domains, and so the class loaders,
	 * of every caller of its constructor: hence the privileged action.
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
