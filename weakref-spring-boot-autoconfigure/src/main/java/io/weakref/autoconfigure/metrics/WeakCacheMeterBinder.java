package io.weakref.autoconfigure.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCollection;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.metrics.WeakCleanerMetrics;
import io.weakref.metrics.WeakCollectionMetrics;

import org.springframework.beans.factory.DisposableBean;

/**
 * Binds the meters of the cleaners and of each cache in the registry. Removes them when
 * the cache is removed or the context closes.
 */
final class WeakCacheMeterBinder implements MeterBinder, DisposableBean {

	private final WeakCacheRegistry caches;

	private final List<WeakCleanerMetrics> cleaners;

	private final Map<MeterRegistry, Meters> bound = new ConcurrentHashMap<>();

	WeakCacheMeterBinder(WeakCacheRegistry caches, Stream<WeakCleaner> cleaners) {
		this.caches = caches;
		this.cleaners = cleaners.map(WeakCleanerMetrics::new).toList();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Meters meters = new Meters(registry);
		if (this.bound.putIfAbsent(registry, meters) == null) {
			this.cleaners.forEach((cleaner) -> cleaner.bindTo(registry));
			this.caches.addListener(meters);
		}
	}

	@Override
	public void destroy() {
		this.bound.forEach((registry, meters) -> {
			this.cleaners.forEach((cleaner) -> cleaner.unbindFrom(registry));
			this.caches.removeListener(meters);
			meters.unbindAll();
		});
		this.bound.clear();
	}

	/**
	 * The meters that are bound to one meter registry. Micrometer holds the measured
	 * objects weakly, so the map holds them strongly.
	 */
	private static final class Meters implements WeakCacheRegistry.Listener {

		private final MeterRegistry registry;

		private final Map<String, WeakCollectionMetrics> byCache = new ConcurrentHashMap<>();

		private volatile boolean closed;

		private Meters(MeterRegistry registry) {
			this.registry = registry;
		}

		@Override
		public void added(String name, WeakCollection cache) {
			WeakCollectionMetrics metrics = new WeakCollectionMetrics(cache, name);
			this.byCache.put(name, metrics);
			metrics.bindTo(this.registry);
			if (this.closed) {
				// Another thread may have unbound the meters before this one was
				// complete.
				metrics.unbindFrom(this.registry);
			}
		}

		@Override
		public void removed(String name, WeakCollection cache) {
			WeakCollectionMetrics metrics = this.byCache.remove(name);
			if (metrics != null) {
				metrics.unbindFrom(this.registry);
			}
		}

		private void unbindAll() {
			this.closed = true;
			this.byCache.values().forEach((metrics) -> metrics.unbindFrom(this.registry));
			this.byCache.clear();
		}

	}

}
