package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.util.List;

import io.weakref.ForkedJvm;
import io.weakref.GarbageCollection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link OldCollections}.
 */
@Tag("slow")
class OldCollectionsTests {

	private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

	private final OldCollections collections = new OldCollections(this.queue);

	@ParameterizedTest
	@ValueSource(strings = { "-XX:+UseG1GC", "-XX:+UseG1GC -XX:+ExplicitGCInvokesConcurrent", "-XX:+UseParallelGC",
			"-XX:+UseSerialGC", "-XX:+UseZGC" })
	void oldCollectionsAreCountedAndYoungOnesAreNot(String collector) {
		List<String> printed = ForkedJvm.run(CountedOldCollections.class, collector.split(" "));
		assertThat(number(printed, "young: ")).isLessThanOrEqualTo(0);
		assertThat(number(printed, "old: ")).isBetween(10, 10 + number(printed, "spontaneous: "));
	}

	private static int number(List<String> lines, String label) {
		return lines.stream()
			.filter((line) -> line.startsWith(label))
			.mapToInt((line) -> Integer.parseInt(line.substring(label.length())))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void noObjectIsReleasedBeforeItIsOld() {
		this.collections.watch(0);
		for (int i = 0; i < OldCollections.HELD - 1; i++) {
			this.collections.youngCollected();
			this.collections.watch(0);
		}
		GarbageCollection.collect();
		assertThat(this.queue.poll()).isNull();
		this.collections.youngCollected();
		this.collections.watch(0);
		GarbageCollection.until(() -> this.queue.poll() instanceof OldCollections.Canary);
	}

	@Test
	void collectionsThatTheJvmCountsMakeObjectsOldIfYoungOnesClearNothing() {
		this.collections.watch(1000);
		this.collections.watch(1079);
		GarbageCollection.collect();
		assertThat(this.queue.poll()).isNull();
		this.collections.watch(1080);
		GarbageCollection.until(() -> this.queue.poll() instanceof OldCollections.Canary);
	}

	@Test
	void noObjectIsReleasedUnlessWatchIsCalled() {
		this.collections.watch(0);
		this.collections.watch(80);
		GarbageCollection.until(() -> this.queue.poll() instanceof OldCollections.Canary);
		this.collections.collected();
		assertThat(this.collections.count()).isEqualTo(1);
		GarbageCollection.collect();
		assertThat(this.queue.poll()).isNull();
		this.collections.watch(80);
		GarbageCollection.until(() -> this.queue.poll() instanceof OldCollections.Canary);
	}

}
