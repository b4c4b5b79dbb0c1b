package io.weakref;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;

/**
 * Provokes real collections: the one fixture of all tests that need one.
 */
public final class GarbageCollection {

	private GarbageCollection() {
	}

	/**
	 * Return once a collection that began after this call has cleared what was
	 * unreachable.
	 */
	public static void collect() {
		WeakReference<Object> canary = new WeakReference<>(new Object());
		// Whatever cleared the canary by now may have been a young collection.
		System.gc();
		until(() -> canary.refersTo(null));
	}

	/**
	 * Ask for collections until a condition holds; fails after half a minute.
	 * @param condition what to wait for
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
	 * Wait until a condition holds, without asking for a collection; fails after half a
	 * minute.
	 * @param condition what to wait for
	 */
	public static void await(BooleanSupplier condition) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.until(condition::getAsBoolean);
	}

}
