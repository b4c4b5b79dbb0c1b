package io.weakref;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;

/**
 * Provokes real garbage collections, for all tests that need one.
 */
public final class GarbageCollection {

	private GarbageCollection() {
	}

	/**
	 * Return once a garbage collection that began after this call has cleared the
	 * references to unreachable objects.
	 */
	public static void collect() {
		WeakReference<Object> canary = new WeakReference<>(new Object());
		// The canary may have been cleared by a young garbage collection.
		System.gc();
		until(() -> canary.refersTo(null));
	}

	/**
	 * Request garbage collections until a condition holds. Fails after half a minute.
	 * @param condition the condition
	 */
	public static void until(BooleanSupplier condition) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.until(() -> {
				if (condition.getAsBoolean()) {
					return true;
				}
				System.gc();
				return condition.getAsBoolean();
			});
	}

	/**
	 * Wait until a condition holds, without requesting a garbage collection. Fails after
	 * half a minute.
	 * @param condition the condition
	 */
	public static void await(BooleanSupplier condition) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.until(condition::getAsBoolean);
	}

}
