package io.weakref.cleaner;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.weakref.GarbageCollection;
import io.weakref.collection.WeakValueDictionary;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the {@link FlightRecord}.
 */
class FlightRecordTests {

	private static final long THRESHOLD_MILLIS = 20;

	@TempDir
	private Path folder;

	@Test
	void purgeIsRecordedWithItsCollectionAndItsEntries() throws IOException {
		List<RecordedEvent> events = record((cleaner) -> {
			WeakValueDictionary<Integer, Object> tiles = WeakValueDictionary.<Integer, Object>builder()
				.name("recorded tiles")
				.cleaner(cleaner)
				.build();
			tiles.put(1, new Object());
			tiles.put(2, new Object());
			GarbageCollection.until(() -> tiles.get(1) == null && tiles.get(2) == null);
			cleaner.purge();
			GarbageCollection.await(() -> tiles.isEmpty());
		});
		assertThat(events).filteredOn("eventType.name", "io.weakref.Purge")
			.filteredOn((event) -> event.getString("cleaner").equals("recorded"))
			.isNotEmpty()
			.allSatisfy((event) -> {
				assertThat(event.getString("collection")).isEqualTo("recorded tiles");
				assertThat(event.getLong("entries")).isBetween(1L, 2L);
				assertThat(event.getDuration("time")).isPositive();
			});
	}

	@Test
	void failedCallbackIsRecordedByTheClassesOfItsSourceAndItsError() throws IOException {
		List<RecordedEvent> events = record((cleaner) -> cleaner.dispatch("source", () -> {
			throw new IllegalStateException("on purpose");
		}));
		assertThat(events).filteredOn("eventType.name", "io.weakref.CallbackFailure")
			.filteredOn((event) -> event.getString("cleaner").equals("recorded"))
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getString("source")).isEqualTo("java.lang.String");
				assertThat(event.getString("error")).isEqualTo("java.lang.IllegalStateException");
			});
	}

	@Test
	void onlySlowCallbackIsRecorded() throws IOException {
		List<RecordedEvent> events = record((cleaner) -> {
			cleaner.dispatch(1, () -> {
			});
			cleaner.dispatch("slow", FlightRecordTests::waitForTwiceTheThreshold);
		});
		assertThat(events).filteredOn("eventType.name", "io.weakref.SlowCallback")
			.filteredOn((event) -> event.getString("source").equals("java.lang.String"))
			.singleElement()
			.satisfies((event) -> assertThat(event.getDuration())
				.isGreaterThanOrEqualTo(Duration.ofMillis(THRESHOLD_MILLIS)));
	}

	private static void waitForTwiceTheThreshold() {
		try {
			assertThat(new CountDownLatch(1).await(2 * THRESHOLD_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private List<RecordedEvent> record(Consumer<WeakCleaner> action) throws IOException {
		Path file = this.folder.resolve("test.jfr");
		try (Recording recording = new Recording()) {
			recording.start();
			try (WeakCleaner cleaner = WeakCleaner.builder()
				.threadName("recorded")
				.callbackExecutor(Runnable::run)
				.errorHandler((source, error) -> {
				})
				.build()) {
				action.accept(cleaner);
			}
			recording.stop();
			recording.dump(file);
		}
		return RecordingFile.readAllEvents(file);
	}

}
