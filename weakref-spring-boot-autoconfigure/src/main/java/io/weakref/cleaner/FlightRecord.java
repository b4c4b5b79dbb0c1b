package io.weakref.cleaner;

import java.util.List;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * The events of the JDK's flight recorder. Without a recording they cost a check of a
 * field; on a JVM without the recorder's module there are none.
 */
final class FlightRecord {

	private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

	private FlightRecord() {
	}

	/**
	 * Load the classes of the events. A class that was first loaded when memory had run
	 * out would be broken for good, and the drain thread needs it just then.
	 */
	static void prepare() {
		if (AVAILABLE) {
			Recorded.prepare();
		}
	}

	/**
	 * A collection was swept from end to end.
	 * @param cleaner the name of the cleaner
	 * @param table what was swept
	 * @param entries how many dead entries were removed
	 * @param nanos how long it took: CPU time on the drain thread, elapsed time in
	 * {@code purge()}
	 */
	static void purged(String cleaner, Sweepable table, long entries, long nanos) {
		if (AVAILABLE && entries > 0) {
			Recorded.purged(cleaner, table, entries, nanos);
		}
	}

	/**
	 * Run a callback. What it throws is recorded and thrown on.
	 * @param cleaner the name of the cleaner
	 * @param callback what to run
	 */
	static void run(String cleaner, Callback callback) {
		if (AVAILABLE) {
			Recorded.run(cleaner, callback);
		}
		else {
			callback.action().run();
		}
	}

	/** Loaded only where the recorder is there. */
	private static final class Recorded {

		private Recorded() {
		}

		static void prepare() {
			List.of(new Purge(), new CallbackFailure(), new SlowCallback()).forEach(Event::isEnabled);
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

		static void run(String cleaner, Callback callback) {
			SlowCallback slow = new SlowCallback();
			slow.begin();
			try {
				callback.action().run();
			}
			catch (Throwable error) {
				CallbackFailure failure = new CallbackFailure();
				if (failure.isEnabled()) {
					failure.cleaner = cleaner;
					failure.source = callback.source().getClass().getName();
					failure.error = error.getClass().getName();
					failure.commit();
				}
				throw error;
			}
			finally {
				slow.end();
				if (slow.shouldCommit()) {
					slow.cleaner = cleaner;
					slow.source = callback.source().getClass().getName();
					slow.commit();
				}
			}
		}

	}

	/** A collection was swept, and dead entries were removed. */
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

	/** A callback took long. */
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
