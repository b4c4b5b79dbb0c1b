package io.weakref.metrics;

import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.weakref.collection.WeakStats;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer's {@code cache.*} meters for a weak value dictionary, under the names and
 * tags that its binders for other caches use. An eviction is an entry whose value died.
 * <p>
 * The meters refer weakly to the dictionary. Without statistics all but the size and the
 * evictions stay at zero.
 */
public final class WeakValueDictionaryMetrics extends CacheMeterBinder<WeakValueDictionary<?, ?>> {

	/**
	 * Create a binder.
	 * @param dictionary what to meter
	 * @param name the value of the {@code cache} tag
	 * @param tags further tags for every meter
	 */
	public WeakValueDictionaryMetrics(WeakValueDictionary<?, ?> dictionary, String name, Iterable<Tag> tags) {
		super(dictionary, name, tags);
	}

	@Override
	protected Long size() {
		WeakValueDictionary<?, ?> dictionary = getCache();
		return (dictionary != null) ? dictionary.size() : 0L;
	}

	@Override
	protected long hitCount() {
		return count(WeakStats::hits);
	}

	@Override
	protected @Nullable Long missCount() {
		return count(WeakStats::misses);
	}

	@Override
	protected @Nullable Long evictionCount() {
		return count(WeakStats::purged);
	}

	@Override
	protected long putCount() {
		return count(WeakStats::puts);
	}

	@Override
	protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
		WeakValueDictionary<?, ?> dictionary = getCache();
		if (dictionary == null) {
			return;
		}
		TimeGauge
			.builder("cache.load.duration", dictionary, TimeUnit.NANOSECONDS,
					(loaded) -> loaded.stats().totalLoadNanos())
			.tags(getTagsWithCacheName())
			.description("The time the cache has spent loading new values")
			.register(registry);
		FunctionCounter
			.builder("cache.load", dictionary, (loaded) -> loaded.stats().loads() - loaded.stats().loadFailures())
			.tags(getTagsWithCacheName())
			.tag("result", "success")
			.description("The number of loads that gave a value or null")
			.register(registry);
		FunctionCounter.builder("cache.load", dictionary, (loaded) -> loaded.stats().loadFailures())
			.tags(getTagsWithCacheName())
			.tag("result", "failure")
			.description("The number of loads that threw")
			.register(registry);
	}

	private long count(ToLongFunction<WeakStats> figure) {
		WeakValueDictionary<?, ?> dictionary = getCache();
		return (dictionary != null) ? figure.applyAsLong(dictionary.stats()) : 0;
	}

}
