package io.weakref.autoconfigure.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weakref.cache.WeakValueCache;
import io.weakref.metrics.WeakValueDictionaryMetrics;

import org.springframework.boot.cache.metrics.CacheMeterBinderProvider;

/**
 * Provides Boot with the meters of a {@link WeakValueCache}.
 */
final class WeakValueCacheMeterBinderProvider implements CacheMeterBinderProvider<WeakValueCache> {

	@Override
	public MeterBinder getMeterBinder(WeakValueCache cache, Iterable<Tag> tags) {
		return new WeakValueDictionaryMetrics(cache, WeakValueCache::peekNativeCache, cache.getName(), tags);
	}

}
