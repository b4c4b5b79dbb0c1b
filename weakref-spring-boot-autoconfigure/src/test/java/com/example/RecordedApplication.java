package com.example;

import java.time.Duration;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import org.awaitility.Awaitility;

/**
 * Triggers each event of the flight recorder once.
 */
public final class RecordedApplication {

	private RecordedApplication() {
	}

	public static void main(String[] args) {
		try (WeakCleaner cleaner = WeakCleaner.builder().callbackExecutor(Runnable::run).build()) {
			WeakSet<Connection> connections = WeakSet.<Connection>builder()
				.name("connections")
				.cleaner(cleaner)
				.build();
			connections.add(new Connection(1));
			GarbageCollection.until(connections::isEmpty);
			CleanerInternals.dispatch(cleaner, "slow",
					() -> Awaitility.await()
						.pollInterval(Duration.ofMillis(30))
						.atLeast(Duration.ofMillis(25))
						.until(() -> true));
			CleanerInternals.dispatch(cleaner, "failing", () -> {
				throw new IllegalStateException("on purpose");
			});
		}
	}

}
