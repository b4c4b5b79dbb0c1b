package io.weakref.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weakref.cache.WeakValueCache;
import io.weakref.cache.WeakCacheManager;
import io.weakref.metrics.WeakValueDictionaryMetrics;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Binds meters for the caches of one cache manager that Boot does not meter: caches that
 * are created after the start, and all caches if the application has no cache provider,
 * because Boot then meters none. Names and tags are those that Boot uses.
 */
final class WeakCacheManagerMetrics implements MeterBinder {

	private final String name;

	private final ObjectProvider<WeakCacheManager> cacheManager;

	WeakCacheManagerMetrics(String name, ObjectProvider<WeakCacheManager> cacheManager) {
		this.name = name;
		this.cacheManager = cacheManager;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.cacheManager.ifAvailable((manager) -> manager.forEachCache((cache) -> bind(cache, registry)));
	}

	private void bind(WeakValueCache cache, MeterRegistry registry) {
		Tags tags = Tags.of("cache.manager", this.name, "name", cache.getName());
		if (registry.find("cache.size").tags(tags).gauge() == null) {
			new WeakValueDictionaryMetrics(cache, WeakValueCache::peekNativeCache, cache.getName(), tags)
				.bindTo(registry);
		}
	}

}
