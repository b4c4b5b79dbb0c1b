package io.weakref.cleaner;

import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.CleanerInternals.Sweepable;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events for the JDK's flight recorder. Until a recording is made, they cost one
 * check of a field and no event class is loaded, because loading the first one takes a
 * tenth of a second. On a JVM without the recorder's module there are no events.
 */
final class FlightRecord {

	private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

	private FlightRecord() {
	}

	/**
	 * Record that a weak collection was swept from end to end.
	 * @param cleaner the name of the cleaner
	 * @param table the table that was swept
	 * @param entries how many dead entries were removed
	 * @param nanos how long it took: CPU time on the drain thread, elapsed time in
	 * {@code purge()}
	 */
	static void purged(String cleaner, Sweepable table, long entries, long nanos) {
		if (AVAILABLE && entries > 0 && Recorder.isThere()) {
			try {
				Recorded.purged(cleaner, table, entries, nanos);
			}
			catch (LinkageError | OutOfMemoryError ex) {
				// No memory for an event, or for its class when it was first needed.
			}
		}
	}

	/**
	 * Run a callback. What it throws is recorded and rethrown.
	 * @param cleaner the name of the cleaner
	 * @param callback what to run
	 */
	static void run(String cleaner, OwnedCallback callback) {
		Recorded.@Nullable Run run = (AVAILABLE && Recorder.isThere()) ? begin(cleaner, callback) : null;
		Throwable failure = null;
		try {
			callback.action().run();
		}
		catch (Throwable error) {
			failure = error;
			throw error;
		}
		finally {
			if (run != null) {
				end(run, failure);
			}
		}
	}

	private static Recorded.@Nullable Run begin(String cleaner, OwnedCallback callback) {
		try {
			return new Recorded.Run(cleaner, callback);
		}
		catch (LinkageError | OutOfMemoryError ex) {
			return null;
		}
	}

	private static void end(Recorded.Run run, @Nullable Throwable failure) {
		try {
			run.end(failure);
		}
		catch (LinkageError | OutOfMemoryError ex) {
			// The callback has run nevertheless.
		}
	}

	/** Loaded only if the recorder's module is present. */
	private static final class Recorder {

		private Recorder() {
		}

		/** Whether there has been a recording. Does not initialize the recorder. */
		static boolean isThere() {
			return FlightRecorder.isInitialized();
		}

	}

	/** Loaded only once there has been a recording. */
	private static final class Recorded {

		private Recorded() {
		}

		static void purged(String cleaner, Sweepable table, long entries, long nanos) {
			Purge event = new Purge();
			if (event.isEnabled()) {
				event.cleaner = cleaner;
				event.collection = table.name();
				event.entries = entries;
				event.time = nanos;
				event.commit();
			}
		}

		/** One run of a callback. */
		private static final class Run {

			private final String cleaner;

			private final String source;

			private final SlowCallback slow = new SlowCallback();

			Run(String cleaner, OwnedCallback callback) {
				this.cleaner = cleaner;
				this.source = callback.source().getClass().getName();
				this.slow.begin();
			}

			void end(@Nullable Throwable error) {
				this.slow.end();
				CallbackFailure failure = new CallbackFailure();
				if (error != null && failure.isEnabled()) {
					failure.cleaner = this.cleaner;
					failure.source = this.source;
					failure.error = error.getClass().getName();
					failure.commit();
				}
				if (this.slow.shouldCommit()) {
					this.slow.cleaner = this.cleaner;
					this.slow.source = this.source;
					this.slow.commit();
				}
			}

		}

	}

	/** A weak collection was swept, and dead entries were removed. */
	@Name("io.weakref.Purge")
	@Label("Purge")
	@Category("Weakref")
	@Description("A weak collection was swept from end to end, and dead entries were removed")
	@StackTrace(false)
	static final class Purge extends Event {

		@Label("Cleaner")
		String cleaner = "";

		@Label("Collection")
		String collection = "";

		@Label("Removed Entries")
		long entries;

		@Label("Sweep Time")
		@Timespan(Timespan.NANOSECONDS)
		long time;

	}

	/** A callback threw. */
	@Name("io.weakref.CallbackFailure")
	@Label("Callback Failure")
	@Category("Weakref")
	@Description("A callback of a reference, proxy or finalizer threw")
	@StackTrace(false)
	static final class CallbackFailure extends Event {

		@Label("Cleaner")
		String cleaner = "";

		@Label("Source Class")
		String source = "";

		@Label("Error Class")
		String error = "";

	}

	/** A callback took longer than the threshold. */
	@Name("io.weakref.SlowCallback")
	@Label("Slow Callback")
	@Category("Weakref")
	@Description("A callback of a reference, proxy or finalizer took longer than the threshold")
	@Threshold("20 ms")
	@StackTrace(false)
	static final class SlowCallback extends Event {

		@Label("Cleaner")
		String cleaner = "";

		@Label("Source Class")
		String source = "";

	}

}
