package io.weakref.metrics;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link WeakValueDictionaryMetrics}.
 */
class WeakValueDictionaryMetricsTests {

	private static final Tags TAGS = Tags.of("cache.manager", "weak");

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final WeakValueDictionary<String, Object> dictionary = WeakValueDictionary.<String, Object>builder()
		.recordStats(true)
		.build();

	@Test
	void figuresOfTheDictionaryAreMetered() {
		new WeakValueDictionaryMetrics(this.dictionary, "tiles", TAGS).bindTo(this.registry);
		Object held = new Object();
		this.dictionary.put("a", held);
		this.dictionary.get("a");
		this.dictionary.get("b");
		this.dictionary.get("c");
		this.dictionary.computeIfAbsent("d", (key) -> held);
		assertThatIllegalArgumentException().isThrownBy(() -> this.dictionary.computeIfAbsent("e", (key) -> {
			throw new IllegalArgumentException();
		}));
		assertThat(this.registry.get("cache.size").tags(tags()).gauge().value()).isEqualTo(2);
		assertThat(counter("cache.gets", "result", "hit")).isEqualTo(1);
		assertThat(counter("cache.gets", "result", "miss")).isEqualTo(4);
		assertThat(counter("cache.puts")).isEqualTo((double) this.dictionary.stats().puts()).isPositive();
		assertThat(counter("cache.load", "result", "success")).isEqualTo(1);
		assertThat(counter("cache.load", "result", "failure")).isEqualTo(1);
		assertThat(this.registry.get("cache.load.duration").tags(tags()).timeGauge().value(TimeUnit.NANOSECONDS))
			.isCloseTo((double) this.dictionary.stats().totalLoadNanos(), within(1e-3))
			.isPositive();
	}

	@Test
	void entryWhoseValueDiedCountsAsAnEviction() {
		new WeakValueDictionaryMetrics(this.dictionary, "tiles", TAGS).bindTo(this.registry);
		Object held = new Object();
		this.dictionary.put("held", held);
		this.dictionary.put("a", new Object());
		GarbageCollection.until(() -> this.dictionary.get("a") == null);
		this.dictionary.purge();
		GarbageCollection.await(() -> counter("cache.evictions") == 1);
		assertThat(this.dictionary).containsValue(held);
	}

	@Test
	void metersDoNotHoldTheDictionary() {
		WeakReference<?> dropped = bindToDictionaryThatNobodyHolds();
		GarbageCollection.until(() -> dropped.refersTo(null));
		assertThat(counter("cache.gets", "result", "hit")).isZero();
	}

	@Test
	void countersContinueIfAnotherDictionaryTakesThePlace() {
		AtomicReference<@Nullable WeakValueDictionary<?, ?>> now = new AtomicReference<>(this.dictionary);
		new WeakValueDictionaryMetrics(now, AtomicReference::get, "tiles", TAGS).bindTo(this.registry);
		Object held = new Object();
		this.dictionary.put("a", held);
		this.dictionary.get("a");
		assertThat(counter("cache.gets", "result", "hit")).isEqualTo(1);
		now.set(null);
		assertThat(this.registry.get("cache.size").tags(tags()).gauge().value()).isZero();
		assertThat(counter("cache.gets", "result", "hit")).isEqualTo(1);
		WeakValueDictionary<String, Object> next = WeakValueDictionary.<String, Object>builder()
			.recordStats(true)
			.build();
		now.set(next);
		next.put("b", held);
		next.put("c", held);
		next.get("b");
		assertThat(this.registry.get("cache.size").tags(tags()).gauge().value()).isEqualTo(2);
		assertThat(counter("cache.gets", "result", "hit")).isEqualTo(2);
		assertThat(counter("cache.puts")).isEqualTo(3);
	}

	private WeakReference<?> bindToDictionaryThatNobodyHolds() {
		WeakValueDictionary<String, Object> dropped = new WeakValueDictionary<>();
		new WeakValueDictionaryMetrics(dropped, "tiles", TAGS).bindTo(this.registry);
		return new WeakReference<>(dropped);
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tags(tags()).tags(tags).functionCounter().count();
	}

	private static Tags tags() {
		return TAGS.and("cache", "tiles");
	}

}
