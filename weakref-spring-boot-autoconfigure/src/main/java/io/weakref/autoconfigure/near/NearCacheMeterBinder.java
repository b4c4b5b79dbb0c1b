package io.weakref.autoconfigure.near;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
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

	private final Map<MeterRegistry, List<Meter>> bound = new ConcurrentHashMap<>();

	NearCacheMeterBinder(ObjectProvider<NearCacheManager> cacheManager, ObjectProvider<NearInvalidation> invalidation) {
		this.cacheManager = cacheManager;
		this.invalidation = invalidation;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		List<Meter> meters = new CopyOnWriteArrayList<>();
		if (this.bound.putIfAbsent(registry, meters) != null) {
			return;
		}
		this.invalidation.ifAvailable((watch) -> meters
			.add(Gauge.builder("weakref.near.trusted", watch, (asked) -> asked.trust().trusted() ? 1 : 0)
				.description("1 while the first level is trusted, otherwise 0")
				.register(registry)));
		this.cacheManager.ifAvailable((manager) -> manager.forEachCache((cache) -> bind(cache, registry, meters)));
	}

	@Override
	public void destroy() {
		this.bound.forEach((registry, meters) -> meters.forEach(registry::remove));
		this.bound.clear();
	}

	private static void bind(NearCache cache, MeterRegistry registry, List<Meter> meters) {
		String gets = "Lookups, by where the value was found; 'load' means that neither level had it";
		meters
			.add(counter(cache, "weakref.near.gets", NearStats::first, gets).tag("result", "first").register(registry));
		meters.add(counter(cache, "weakref.near.gets", NearStats::second, gets).tag("result", "second")
			.register(registry));
		meters
			.add(counter(cache, "weakref.near.gets", NearStats::loads, gets).tag("result", "load").register(registry));
		String invalidations = "Keys removed from the first level because they changed; a flush of all keys counts once";
		meters.add(counter(cache, "weakref.near.invalidations", NearStats::pushed, invalidations).tag("reason", "push")
			.register(registry));
		meters
			.add(counter(cache, "weakref.near.invalidations", NearStats::flushed, invalidations).tag("reason", "flush")
				.register(registry));
		meters.add(counter(cache, "weakref.near.invalidations", NearStats::own, invalidations).tag("reason", "own")
			.register(registry));
		meters.add(counter(cache, "weakref.near.refused", NearStats::refused,
				"Values that were not stored because their key changed during the read or load")
			.register(registry));
	}

	private static FunctionCounter.Builder<NearCache> counter(NearCache cache, String name,
			ToDoubleFunction<NearStats> figure, String description) {
		return FunctionCounter.builder(name, cache, (counted) -> figure.applyAsDouble(counted.stats()))
			.tag("cache", cache.getName())
			.description(description);
	}

}
