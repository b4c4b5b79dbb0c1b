package io.weakref.actuate;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakrefHealthIndicator}.
 */
class WeakrefHealthIndicatorTests {

	private final Queue<Runnable> queued = new ArrayDeque<>();

	@Test
	void upWhileTheDrainThreadRuns() {
		try (WeakCleaner cleaner = cleaner("a")) {
			assertHealth(Status.UP, 0, cleaner);
		}
	}

	@Test
	void waitingCallbacksAreShownAsPendingAndDoNotAffectTheStatus() {
		try (WeakCleaner cleaner = cleaner("a")) {
			CleanerInternals.dispatch(cleaner, this, () -> {
			});
			CleanerInternals.dispatch(cleaner, this, () -> {
			});
			assertHealth(Status.UP, 2, cleaner);
			this.queued.remove().run();
			assertHealth(Status.UP, 1, cleaner);
		}
	}

	@Test
	void downWhenADrainThreadHasEndedAndPendingCallbacksAreStillShown() {
		WeakCleaner cleaner = cleaner("a");
		CleanerInternals.dispatch(cleaner, this, () -> {
		});
		cleaner.close();
		GarbageCollection.await(() -> !cleaner.isAlive());
		assertHealth(Status.DOWN, 1, cleaner);
	}

	@Test
	void downWhenOneOfSeveralDrainThreadsHasEnded() {
		try (WeakCleaner alive = cleaner("a")) {
			WeakCleaner gone = cleaner("b");
			gone.close();
			GarbageCollection.await(() -> !gone.isAlive());
			assertHealth(Status.DOWN, 0, alive, gone);
		}
	}

	private WeakCleaner cleaner(String name) {
		return WeakCleaner.builder().threadName(name).callbackExecutor(this.queued::add).build();
	}

	private static void assertHealth(Status status, long pendingCallbacks, WeakCleaner... cleaners) {
		Health health = new WeakrefHealthIndicator(List.of(cleaners)).health();
		assertThat(health.getStatus()).isEqualTo(status);
		assertThat(health.getDetails()).containsOnly(Map.entry("pendingCallbacks", pendingCallbacks));
	}

}
