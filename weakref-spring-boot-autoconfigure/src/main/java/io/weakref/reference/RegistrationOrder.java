package io.weakref.reference;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Numbers the references and finalizers in the order of their registration, for all
 * registries: of two registrations of which one ends before the other begins, the later
 * one has the higher number, whichever threads they are on.
 * <p>
 * The numbers are the times of the registrations. With a counter instead, threads that
 * register at the same time would be slower than one thread alone, because each of them
 * has to wait for the cache line of the counter. The numbers come from a counter only if
 * the ticks of the clock are too far apart to order the registrations, or if reading the
 * clock takes longer than waiting for the counter.
 */
final class RegistrationOrder {

	/**
	 * The longest time between two ticks, in nanoseconds. Between the readings of two
	 * registrations of which one ends before the other begins, there are at least the end
	 * of one reading, two atomic writes, an allocation and the beginning of the other
	 * reading.
	 */
	private static final long LONGEST_TICK = 20;

	/** The longest time that reading the clock may take, in nanoseconds. */
	private static final long LONGEST_READING = 250;

	private static final int READINGS = 256;

	private static final boolean BY_CLOCK = !isWindows() && isUsable(System::nanoTime);

	private static final AtomicLong counter = new AtomicLong();

	/** So that no number is negative. */
	private static final long ORIGIN = System.nanoTime();

	private RegistrationOrder() {
	}

	/**
	 * Return the number of a registration that begins now.
	 * @return a number, not negative
	 */
	static long next() {
		return BY_CLOCK ? System.nanoTime() - ORIGIN : counter.getAndIncrement();
	}

	/**
	 * On Windows the clock has a tick every 100 ns. The JDK rounds the time to a floating
	 * point number there, so {@link #isUsable} cannot always tell.
	 */
	private static boolean isWindows() {
		return System.getProperty("os.name").startsWith("Windows");
	}

	/**
	 * Return whether a clock can order registrations.
	 * @param clock returns a time in nanoseconds, rounded down, which never decreases
	 * @return whether reading it is fast enough, and it has a tick every
	 * {@value #LONGEST_TICK} ns or more often; may be {@code false} for such a clock, but
	 * is never {@code true} for another
	 */
	static boolean isUsable(LongSupplier clock) {
		long[] steps = new long[READINGS];
		long last = clock.getAsLong();
		for (int i = 0; i < READINGS; i++) {
			long now = clock.getAsLong();
			steps[i] = now - last;
			last = now;
		}
		Arrays.sort(steps);
		// All steps are multiples of the time between two ticks, up to 1 ns more or less
		// because of the rounding. So if two of them differ by more than 1 ns, the ticks
		// are at most 1 ns further apart than that.
		for (int i = 1; i < READINGS; i++) {
			long difference = steps[i] - steps[i - 1];
			if (difference > 1 && difference < LONGEST_TICK) {
				return steps[0] <= LONGEST_READING;
			}
		}
		return false;
	}

}
