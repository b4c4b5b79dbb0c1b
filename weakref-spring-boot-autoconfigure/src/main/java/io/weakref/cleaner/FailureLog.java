package io.weakref.cleaner;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Logs what callbacks throw: the first failure of a kind with its stack trace, and then
 * the number of further ones, at most one line per kind in {@value #QUIET_SECONDS}
 * seconds. A kind is the class of the source together with the class of the error.
 * <p>
 * While the JVM exits, it writes to {@code System.err} instead, one line for each further
 * failure: by then {@code java.util.logging} has closed its handlers or will do so at any
 * moment.
 */
final class FailureLog implements CallbackErrorHandler {

	static final int QUIET_SECONDS = 10;

	private static final int MAX_KINDS = 256;

	private final String cleaner;

	/** Replaces the logger in tests, {@code null} otherwise. */
	private final @Nullable BiConsumer<String, @Nullable Throwable> lines;

	/** Replaces the thread of the reporter in tests, {@code null} otherwise. */
	private final @Nullable Runnable reportLater;

	private volatile @Nullable Thread reporter;

	/**
	 * The number of failures of each kind that are not logged yet; guarded by this map.
	 */
	private final Map<Kind, Long> kinds = new HashMap<>();

	/**
	 * Whether a report is scheduled. Guarded by {@link #kinds}, except that a thread that
	 * could not schedule one resets it.
	 */
	private volatile boolean reporting;

	FailureLog(String cleaner) {
		this.cleaner = cleaner;
		this.lines = null;
		this.reportLater = null;
	}

	FailureLog(BiConsumer<String, @Nullable Throwable> lines, Runnable reportLater) {
		this.cleaner = "test";
		this.lines = lines;
		this.reportLater = reportLater;
	}

	@Override
	public void handle(Object source, Throwable error) {
		log("Callback of " + describe(source) + " failed", source, error);
	}

	/**
	 * Log a failure, now or later.
	 * @param message what failed
	 * @param source its class belongs to the kind
	 * @param error its class belongs to the kind
	 */
	void log(String message, Object source, Throwable error) {
		Kind kind = new Kind(source.getClass().getName(), error.getClass().getName());
		boolean first;
		boolean now = isJvmExiting();
		boolean start = false;
		synchronized (this.kinds) {
			first = !this.kinds.containsKey(kind);
			if (first && this.kinds.size() == MAX_KINDS) {
				this.kinds.values().removeIf((unreported) -> unreported == 0);
			}
			if (first) {
				this.kinds.put(kind, 0L);
			}
			else if (!now) {
				this.kinds.merge(kind, 1L, Long::sum);
				start = !this.reporting;
				this.reporting = true;
			}
		}
		if (first) {
			write(message, error);
		}
		else if (now) {
			write(message + ": " + describe(error), null);
		}
		if (start) {
			try {
				reportLater();
			}
			catch (Throwable ex) {
				// No thread could be started: the next failure or close() reports.
				this.reporting = false;
			}
		}
	}

	private void reportAfterQuiet() {
		try {
			TimeUnit.SECONDS.sleep(QUIET_SECONDS);
		}
		catch (InterruptedException ex) {
			// The cleaner was closed.
		}
		report();
	}

	/** Log for each kind how many failures were not logged. */
	void report() {
		List<String> messages = new ArrayList<>();
		synchronized (this.kinds) {
			this.reporting = false;
			this.kinds.replaceAll((kind, unreported) -> {
				if (unreported > 0) {
					messages.add("%d more callbacks of a %s failed with a %s".formatted(unreported, kind.source(),
							kind.error()));
				}
				return 0L;
			});
		}
		messages.forEach((message) -> write(message, null));
	}

	/** Report immediately what would have been reported later. */
	void close() {
		report();
		Thread reporter = this.reporter;
		if (reporter != null) {
			reporter.interrupt();
		}
	}

	private void reportLater() {
		if (this.reportLater != null) {
			this.reportLater.run();
			return;
		}
		Thread reporter = WeakCleaner.daemon(this.cleaner + "-failures", this::reportAfterQuiet);
		this.reporter = reporter;
		reporter.start();
	}

	private void write(String message, @Nullable Throwable error) {
		if (this.lines != null) {
			this.lines.accept(message, error);
			return;
		}
		if (!isJvmExiting()) {
			// Not a constant: creating the first logger of a JVM takes longer than
			// creating the first weak collection.
			System.getLogger(WeakCleaner.class.getName()).log(Level.WARNING, message, error);
			return;
		}
		StringWriter text = new StringWriter();
		PrintWriter writer = new PrintWriter(text);
		writer.println("WARNING: " + message);
		if (error != null) {
			// Into a buffer: printing an exception runs user code, which must not run
			// under the lock of System.err.
			error.printStackTrace(writer);
		}
		System.err.print(text);
	}

	/** Whether the JVM is exiting: then it accepts no shutdown hook. */
	private static boolean isJvmExiting() {
		Thread hook = WeakCleaner.daemon("weakref-probe", () -> {
		});
		try {
			Runtime.getRuntime().addShutdownHook(hook);
			Runtime.getRuntime().removeShutdownHook(hook);
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

	private static String describe(Object object) {
		try {
			return object.toString();
		}
		catch (Throwable ignored) {
			return object.getClass().getName();
		}
	}

	private record Kind(String source, String error) {
	}

}
