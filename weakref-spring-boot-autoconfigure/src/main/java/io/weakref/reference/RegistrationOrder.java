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
 * has to wait for the cache line of the counter. There is a counter where the clock has
 * too few ticks to order the registrations (on Windows it has one in 100 ns), or where
 * reading it takes longer than waiting for a counter.
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

	private static final boolean BY_CLOCK = isUsable(System::nanoTime);

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
	 * Return whether a clock can order registrations.
	 * @param clock returns a time in nanoseconds, which never decreases
	 * @return whether reading it is fast enough, and two of its readings differ if they
	 * are {@value #LONGEST_TICK} ns apart; may be {@code false} for such a clock, but is
	 * never {@code true} for another
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
		// All steps are multiples of the time between two ticks, rounded to 1 ns. So two
		// steps that differ, but not by the rounding, differ by at least one tick.
		for (int i = 1; i < READINGS; i++) {
			long difference = steps[i] - steps[i - 1];
			if (difference > 1 && difference <= LONGEST_TICK) {
				return steps[0] <= LONGEST_READING;
			}
		}
		return false;
	}

}
