package io.weakref.metrics;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

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
 * The meters refer weakly to the dictionary or cache. Without statistics all of them
 * except the size and the evictions stay at zero. If another dictionary takes the place
 * of the first one, the counters continue from the last figures that were read from the
 * first.
 *
 * @since 0.1.0
 */
public final class WeakValueDictionaryMetrics extends CacheMeterBinder<Object> {

	private static final WeakStats NONE = new WeakStats(0, 0, 0, 0, 0, 0, 0);

	private final Function<Object, @Nullable WeakValueDictionary<?, ?>> dictionary;

	/** Guarded by this object's monitor, as are the next two fields. */
	private WeakReference<@Nullable Object> latest = new WeakReference<>(null);

	private WeakStats latestStats = NONE;

	private WeakStats earlierStats = NONE;

	/**
	 * Create a binder.
	 * @param dictionary the dictionary
	 * @param name the value of the {@code cache} tag
	 * @param tags further tags for every meter
	 */
	public WeakValueDictionaryMetrics(WeakValueDictionary<?, ?> dictionary, String name, Iterable<Tag> tags) {
		this(dictionary, (same) -> same, name, tags);
	}

	/**
	 * Create a binder for a cache whose dictionary may be replaced.
	 * @param cache the cache, which is referred to weakly
	 * @param dictionary returns the current dictionary of the cache, or null if it has
	 * none
	 * @param name the value of the {@code cache} tag
	 * @param tags further tags for every meter
	 * @param <C> the type of the cache
	 */
	@SuppressWarnings("unchecked") // it is only ever applied to the cache
	public <C> WeakValueDictionaryMetrics(C cache,
			Function<? super C, ? extends @Nullable WeakValueDictionary<?, ?>> dictionary, String name,
			Iterable<Tag> tags) {
		super(cache, name, tags);
		this.dictionary = (object) -> dictionary.apply((C) object);
	}

	@Override
	protected Long size() {
		WeakValueDictionary<?, ?> dictionary = dictionary();
		return (dictionary != null) ? dictionary.size() : 0L;
	}

	@Override
	protected long hitCount() {
		return stats().hits();
	}

	@Override
	protected @Nullable Long missCount() {
		return stats().misses();
	}

	@Override
	protected @Nullable Long evictionCount() {
		return stats().purged();
	}

	@Override
	protected long putCount() {
		return stats().puts();
	}

	@Override
	protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
		Object cache = getCache();
		if (cache == null) {
			return;
		}
		TimeGauge.builder("cache.load.duration", cache, TimeUnit.NANOSECONDS, (loaded) -> stats().totalLoadNanos())
			.tags(getTagsWithCacheName())
			.description("The time the cache has spent loading new values")
			.register(registry);
		FunctionCounter.builder("cache.load", cache, (loaded) -> {
			WeakStats stats = stats();
			return stats.loads() - stats.loadFailures();
		})
			.tags(getTagsWithCacheName())
			.tag("result", "success")
			.description("The number of loads that returned a value or null")
			.register(registry);
		FunctionCounter.builder("cache.load", cache, (loaded) -> stats().loadFailures())
			.tags(getTagsWithCacheName())
			.tag("result", "failure")
			.description("The number of loads that threw")
			.register(registry);
	}

	private @Nullable WeakValueDictionary<?, ?> dictionary() {
		Object cache = getCache();
		return (cache != null) ? this.dictionary.apply(cache) : null;
	}

	private WeakStats stats() {
		WeakValueDictionary<?, ?> dictionary = dictionary();
		WeakStats stats = (dictionary != null) ? dictionary.stats() : NONE;
		synchronized (this) {
			if (dictionary != null) {
				if (!this.latest.refersTo(dictionary)) {
					this.latest = new WeakReference<>(dictionary);
					this.earlierStats = sum(this.earlierStats, this.latestStats);
				}
				this.latestStats = stats;
			}
			return sum(this.earlierStats, this.latestStats);
		}
	}

	private static WeakStats sum(WeakStats a, WeakStats b) {
		return new WeakStats(a.hits() + b.hits(), a.misses() + b.misses(), a.loads() + b.loads(),
				a.loadFailures() + b.loadFailures(), a.totalLoadNanos() + b.totalLoadNanos(), a.puts() + b.puts(),
				a.purged() + b.purged());
	}

}
