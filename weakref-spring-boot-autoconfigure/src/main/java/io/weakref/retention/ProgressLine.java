package io.weakref.retention;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows on one line how far long work has come; nothing where it is short.
 */
final class ProgressLine implements Progress {

	private static final long QUIET_NANOS = 1_000_000_000L;

	private static final long INTERVAL_NANOS = 250_000_000L;

	private final PrintStream output;

	private long next = System.nanoTime() + QUIET_NANOS;

	private int shown;

	ProgressLine(PrintStream output) {
		this.output = output;
	}

	@Override
	public void report(String activity, long done, long total) {
		long now = System.nanoTime();
		if (now - this.next < 0) {
			return;
		}
		this.next = now + INTERVAL_NANOS;
		show(String.format(Locale.ROOT, "%s: %d %%", activity, done * 100 / Math.max(1, total)));
	}

	/** Clear the line for what comes next. */
	void end() {
		if (this.shown > 0) {
			show("");
			this.output.print('\r');
			this.output.flush();
			this.shown = 0;
		}
	}

	private void show(String text) {
		this.output.print('\r' + text + " ".repeat(Math.max(0, this.shown - text.length())));
		this.output.flush();
		this.shown = text.length();
	}

}
