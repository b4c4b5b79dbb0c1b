package io.weakref.retention;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows progress on a single line. Shows nothing for work that takes less than a second.
 */
final class ProgressLine implements Progress {

	private static final long QUIET_NANOS = 1_000_000_000L;

	private static final long INTERVAL_NANOS = 250_000_000L;

	private final PrintStream output;

	private final LongSupplier nanoTime;

	private long next;

	private int shown;

	ProgressLine(PrintStream output, LongSupplier nanoTime) {
		this.output = output;
		this.nanoTime = nanoTime;
		this.next = nanoTime.getAsLong() + QUIET_NANOS;
	}

	@Override
	public void report(String activity, long done, long total) {
		long now = this.nanoTime.getAsLong();
		if (now - this.next < 0) {
			return;
		}
		this.next = now + INTERVAL_NANOS;
		show(String.format(Locale.ROOT, "%s: %d %%", activity, done * 100 / Math.max(1, total)));
	}

	/** Clear the line. */
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
