package io.weakref.metrics;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakAges;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WeakCollectionMetrics} and {@link WeakCleanerMetrics}.
 */
class WeakMetricsTests {

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("metrics-tests").build();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@AfterEach
	void close() {
		this.cleaner.close();
	}

	@Test
	void dictionaryHasAllMeters() {
		WeakValueDictionary<String, Object> tiles = WeakValueDictionary.<String, Object>builder()
			.cleaner(this.cleaner)
			.recordStats(true)
			.build();
		new WeakCollectionMetrics(tiles, "tiles").bindTo(this.registry);
		Object held = new Object();
		tiles.put("a", held);
		tiles.get("a");
		tiles.get("b");
		tiles.computeIfAbsent("c", (key) -> held);
		assertThatIllegalStateException().isThrownBy(() -> tiles.computeIfAbsent("d", (key) -> {
			throw new IllegalStateException();
		}));
		assertThat(value("weakref.live", "cache", "tiles", "kind", "values")).isEqualTo(2);
		assertThat(value("weakref.gets", "cache", "tiles", "kind", "values", "result", "hit")).isEqualTo(1);
		assertThat(value("weakref.gets", "cache", "tiles", "kind", "values", "result", "miss")).isEqualTo(3);
		assertThat(value("weakref.puts", "cache", "tiles", "kind", "values")).isEqualTo((double) tiles.stats().puts());
		assertThat(value("weakref.load.failures", "cache", "tiles", "kind", "values")).isEqualTo(1);
		FunctionTimer loads = this.registry.get("weakref.loads")
			.tags("cache", "tiles", "kind", "values")
			.functionTimer();
		assertThat(loads.count()).isEqualTo(2);
		assertThat(loads.totalTime(TimeUnit.NANOSECONDS)).isPositive();
		assertThat(this.registry.getMeters()).hasSize(9)
			.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).isNotBlank());
	}

	@Test
	void heldCountsTheHeldValuesAndReleasedCountsReleasesByCause() {
		WeakValueDictionary<String, Object> tiles = WeakValueDictionary.<String, Object>builder()
			.cleaner(this.cleaner)
			.holdMax(2)
			.build();
		new WeakCollectionMetrics(tiles, "tiles").bindTo(this.registry);
		List<Object> values = List.of(new Object(), new Object(), new Object());
		for (int i = 0; i < values.size(); i++) {
			tiles.put("key " + i, values.get(i));
		}
		assertThat(value("weakref.held", "cache", "tiles", "kind", "values")).isEqualTo(2);
		assertThat(value("weakref.hold.released", "cache", "tiles", "cause", "size")).isEqualTo(1);
		assertThat(value("weakref.hold.released", "cache", "tiles", "cause", "time")).isZero();
		assertThat(value("weakref.hold.released", "cache", "tiles", "cause", "memory")).isZero();
		tiles.releaseHeld();
		assertThat(value("weakref.held", "cache", "tiles")).isZero();
		assertThat(value("weakref.live", "cache", "tiles")).isEqualTo(values.size());
	}

	@Test
	void lostCountsMissesOfKeysWhoseValuesHaveJustDied() {
		WeakValueDictionary<String, Object> tiles = counting();
		new WeakCollectionMetrics(tiles, "tiles").bindTo(this.registry);
		tiles.put("a", new Object());
		GarbageCollection.until(() -> tiles.get("a") == null);
		assertThat(value("weakref.hold.lost", "cache", "tiles", "kind", "values")).isOne();
		assertThat(tiles.get("b")).isNull();
		assertThat(value("weakref.hold.lost", "cache", "tiles", "kind", "values")).isOne();
	}

	@Test
	void purgedCountsEntriesRemovedAfterAGarbageCollection() {
		WeakSet<Object> set = WeakSet.builder().cleaner(this.cleaner).build();
		new WeakCollectionMetrics(set, "viewers").bindTo(this.registry);
		set.add(new Object());
		GarbageCollection.until(() -> value("weakref.live", "cache", "viewers", "kind", "set") == 0);
		GarbageCollection.await(() -> value("weakref.purged", "cache", "viewers", "kind", "set") == 1);
	}

	@Test
	void agedIsTheShareOfTheSampleThatOutlivedFiveOldGarbageCollections() {
		WeakSet<Object> set = new WeakSet<>() {

			@Override
			public WeakAges ages() {
				return new WeakAges(200, 150, 50, 10, false);
			}

		};
		new WeakCollectionMetrics(set, "viewers").bindTo(this.registry);
		assertThat(value("weakref.aged", "cache", "viewers", "kind", "set")).isEqualTo(0.25);
		new WeakCollectionMetrics(new WeakSet<>(), "new").bindTo(this.registry);
		assertThat(value("weakref.aged", "cache", "new", "kind", "set")).isZero();
	}

	@Test
	void setHasNoLoads() {
		WeakSet<Object> set = WeakSet.builder().cleaner(this.cleaner).recordStats(true).build();
		new WeakCollectionMetrics(set, "viewers").bindTo(this.registry);
		Object held = new Object();
		set.add(held);
		assertThat(set.contains(held)).isTrue();
		assertThat(value("weakref.gets", "cache", "viewers", "kind", "set", "result", "hit")).isEqualTo(1);
		assertThat(names()).containsExactlyInAnyOrder("weakref.live", "weakref.aged", "weakref.purged", "weakref.gets",
				"weakref.gets", "weakref.puts");
	}

	@Test
	void locksHaveATimerOfTheirWaits() throws Exception {
		WeakLocks<String> accounts = WeakLocks.<String>builder().cleaner(this.cleaner).recordStats(true).build();
		new WeakCollectionMetrics(accounts, "accounts").bindTo(this.registry);
		WeakLocks.Held held = accounts.lock("a");
		Thread other = new Thread(() -> accounts.lock("a").close());
		other.start();
		GarbageCollection.await(() -> LockSupport.getBlocker(other) == accounts.get("a"));
		held.close();
		other.join();
		FunctionTimer waits = this.registry.get("weakref.lock.waits")
			.tags("cache", "accounts", "kind", "locks")
			.functionTimer();
		assertThat(waits.count()).isEqualTo(1);
		assertThat(waits.totalTime(TimeUnit.NANOSECONDS)).isPositive();
		assertThat(value("weakref.gets", "cache", "accounts", "kind", "locks", "result", "miss")).isEqualTo(1);
		assertThat(value("weakref.live", "cache", "accounts", "kind", "locks")).isLessThanOrEqualTo(1);
		assertThat(names()).containsExactlyInAnyOrder("weakref.live", "weakref.aged", "weakref.purged", "weakref.gets",
				"weakref.gets", "weakref.lock.waits");
	}

	@Test
	void withoutStatisticsThereAreOnlyLiveAgedAndPurged() {
		WeakKeyDictionary<Object, Object> dictionary = WeakKeyDictionary.builder().cleaner(this.cleaner).build();
		new WeakCollectionMetrics(dictionary, "sessions").bindTo(this.registry);
		assertThat(names()).containsExactlyInAnyOrder("weakref.live", "weakref.aged", "weakref.purged");
		assertThat(value("weakref.live", "cache", "sessions", "kind", "keys")).isZero();
	}

	@Test
	void onlyTheTimerHasABaseUnit() {
		WeakValueDictionary<String, Object> tiles = counting();
		new WeakCollectionMetrics(tiles, "tiles").bindTo(this.registry);
		new WeakCleanerMetrics(this.cleaner).bindTo(this.registry);
		assertThat(this.registry.getMeters()).filteredOn((meter) -> !(meter instanceof FunctionTimer))
			.allSatisfy((meter) -> assertThat(meter.getId().getBaseUnit()).isNull());
	}

	@Test
	void unbindRemovesTheMetersAndKeepsOthers() {
		WeakValueDictionary<String, Object> tiles = counting();
		WeakValueDictionary<String, Object> names = new WeakValueDictionary<>();
		WeakCollectionMetrics metrics = new WeakCollectionMetrics(tiles, "tiles");
		metrics.bindTo(this.registry);
		new WeakCollectionMetrics(names, "names").bindTo(this.registry);
		metrics.unbindFrom(this.registry);
		assertThat(this.registry.getMeters())
			.allSatisfy((meter) -> assertThat(meter.getId().getTag("cache")).isEqualTo("names"))
			.hasSize(3);
	}

	@Test
	void secondBinderWithTheSameNameDoesNotAffectTheFirst() {
		WeakValueDictionary<String, Object> tiles = counting();
		WeakValueDictionary<String, Object> others = counting();
		Object held = new Object();
		tiles.put("a", held);
		WeakCollectionMetrics first = new WeakCollectionMetrics(tiles, "tiles");
		WeakCollectionMetrics second = new WeakCollectionMetrics(others, "tiles");
		first.bindTo(this.registry);
		second.bindTo(this.registry);
		second.unbindFrom(this.registry);
		assertThat(this.registry.getMeters()).hasSize(9);
		assertThat(value("weakref.live", "cache", "tiles")).isEqualTo(1);
		first.unbindFrom(this.registry);
		assertThat(this.registry.getMeters()).isEmpty();
		assertThat(tiles).containsValue(held);
	}

	@Test
	void binderDoesNotRemoveMetersThatAnotherBinderAddedLater() {
		WeakValueDictionary<String, Object> tiles = counting();
		WeakCollectionMetrics first = new WeakCollectionMetrics(tiles, "tiles");
		WeakCollectionMetrics second = new WeakCollectionMetrics(tiles, "tiles");
		first.bindTo(this.registry);
		this.registry.clear();
		second.bindTo(this.registry);
		first.unbindFrom(this.registry);
		assertThat(this.registry.getMeters()).hasSize(9);
	}

	@Test
	void binderRemovesItsMetersFromACompositeAndDespiteFilters() {
		CompositeMeterRegistry composite = new CompositeMeterRegistry();
		composite.config().commonTags("application", "explorer").meterFilter(MeterFilter.ignoreTags("kind"));
		WeakValueDictionary<String, Object> tiles = counting();
		WeakCollectionMetrics first = new WeakCollectionMetrics(tiles, "tiles");
		WeakCollectionMetrics second = new WeakCollectionMetrics(tiles, "tiles");
		first.bindTo(composite);
		composite.add(this.registry);
		second.bindTo(composite);
		second.unbindFrom(composite);
		assertThat(this.registry.getMeters()).hasSize(9);
		first.unbindFrom(composite);
		assertThat(composite.getMeters()).isEmpty();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void secondBinderOfACleanerDoesNotAffectTheFirst() {
		WeakCleanerMetrics first = new WeakCleanerMetrics(this.cleaner);
		WeakCleanerMetrics second = new WeakCleanerMetrics(this.cleaner);
		first.bindTo(this.registry);
		second.bindTo(this.registry);
		second.unbindFrom(this.registry);
		assertThat(this.registry.getMeters()).hasSize(3);
		first.unbindFrom(this.registry);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void cleanerMetersItsCallbacks() throws Exception {
		new WeakCleanerMetrics(this.cleaner).bindTo(this.registry);
		CountDownLatch end = new CountDownLatch(1);
		CleanerInternals.dispatch(this.cleaner, "test", () -> {
			throw new IllegalStateException("on purpose");
		});
		CleanerInternals.dispatch(this.cleaner, "test", () -> {
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		GarbageCollection.await(() -> value("weakref.callback.errors", "cleaner", "metrics-tests") == 1);
		GarbageCollection.await(() -> value("weakref.callbacks", "cleaner", "metrics-tests") == 1);
		GarbageCollection.await(() -> value("weakref.callbacks.pending", "cleaner", "metrics-tests") == 1);
		end.countDown();
		GarbageCollection.await(() -> value("weakref.callbacks.pending", "cleaner", "metrics-tests") == 0);
		assertThat(value("weakref.callbacks", "cleaner", "metrics-tests")).isEqualTo(2);
	}

	private static WeakValueDictionary<String, Object> counting() {
		return WeakValueDictionary.<String, Object>builder().recordStats(true).build();
	}

	private List<String> names() {
		return this.registry.getMeters().stream().map((meter) -> meter.getId().getName()).toList();
	}

	private double value(String name, String... tags) {
		Meter meter = this.registry.get(name).tags(tags).meter();
		return StreamSupport.stream(meter.measure().spliterator(), false)
			.filter((measurement) -> measurement.getStatistic() == Statistic.VALUE
					|| measurement.getStatistic() == Statistic.COUNT)
			.findFirst()
			.orElseThrow()
			.getValue();
	}

}
