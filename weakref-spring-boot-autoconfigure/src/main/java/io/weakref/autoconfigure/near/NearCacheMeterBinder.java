package io.weakref.autoconfigure.near;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weakref.metrics.BoundMeters;
import io.weakref.near.NearCache;
import io.weakref.near.NearCacheManager;
import io.weakref.near.NearInvalidation;
import io.weakref.near.NearStats;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Binds the meters of near caches, including caches that are created later, and removes
 * them when the context closes.
 */
final class NearCacheMeterBinder implements MeterBinder, DisposableBean {

	private final ObjectProvider<NearCacheManager> cacheManager;

	private final ObjectProvider<NearInvalidation> invalidation;

	private final BoundMeters meters = new BoundMeters();

	/** The registries to which meters are bound. Empty once the context is closed. */
	private final Set<MeterRegistry> registries = ConcurrentHashMap.newKeySet();

	NearCacheMeterBinder(ObjectProvider<NearCacheManager> cacheManager, ObjectProvider<NearInvalidation> invalidation) {
		this.cacheManager = cacheManager;
		this.invalidation = invalidation;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (!this.registries.add(registry)) {
			return;
		}
		this.invalidation
			.ifAvailable((watch) -> this.meters.add(registry, "1 while the first level is trusted, otherwise 0",
					(description) -> Gauge
						.builder("weakref.near.trusted", watch, (asked) -> asked.trust().trusted() ? 1 : 0)
						.description(description)
						.register(registry)));
		this.cacheManager.ifAvailable((manager) -> manager.forEachCache((cache) -> bindIfOpen(cache, registry)));
	}

	@Override
	public void destroy() {
		List<MeterRegistry> bound = List.copyOf(this.registries);
		this.registries.clear();
		bound.forEach(this.meters::removeFrom);
	}

	/** The cache manager may be that of a parent context, which creates caches later. */
	private void bindIfOpen(NearCache cache, MeterRegistry registry) {
		if (this.registries.contains(registry)) {
			bind(cache, registry);
			if (!this.registries.contains(registry)) {
				// Another thread may have removed the meters before these were complete.
				this.meters.removeFrom(registry);
			}
		}
	}

	private void bind(NearCache cache, MeterRegistry registry) {
		String gets = "Lookups, by where the value was found; 'load' means that neither level had it";
		counter(cache, registry, "weakref.near.gets", Tags.of("result", "first"), NearStats::first, gets);
		counter(cache, registry, "weakref.near.gets", Tags.of("result", "second"), NearStats::second, gets);
		counter(cache, registry, "weakref.near.gets", Tags.of("result", "load"), NearStats::loads, gets);
		String invalidations = "Keys removed from the first level because they changed; a flush of all keys counts once";
		counter(cache, registry, "weakref.near.invalidations", Tags.of("reason", "push"), NearStats::pushed,
				invalidations);
		counter(cache, registry, "weakref.near.invalidations", Tags.of("reason", "flush"), NearStats::flushed,
				invalidations);
		counter(cache, registry, "weakref.near.invalidations", Tags.of("reason", "own"), NearStats::own, invalidations);
		counter(cache, registry, "weakref.near.refused", Tags.empty(), NearStats::refused,
				"Values that were not stored because their key changed during the read or load");
	}

	private void counter(NearCache cache, MeterRegistry registry, String name, Tags tags,
			ToDoubleFunction<NearStats> figure, String description) {
		this.meters.add(registry, description,
				(text) -> FunctionCounter.builder(name, cache, (counted) -> figure.applyAsDouble(counted.stats()))
					.tags(tags.and("cache", cache.getName()))
					.description(text)
					.register(registry));
	}

}
