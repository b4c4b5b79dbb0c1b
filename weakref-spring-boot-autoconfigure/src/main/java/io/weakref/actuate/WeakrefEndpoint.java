package io.weakref.actuate;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.weakref.cleaner.CleanerStats;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakAges;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakStats;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * An {@link Endpoint @Endpoint} that shows, purges and clears the weak caches of a
 * {@link WeakCacheRegistry}: figures only, never a key or a value.
 *
 * @since 0.1.0
 */
@Endpoint(id = "weakrefs")
public final class WeakrefEndpoint {

	private final WeakCacheRegistry registry;

	private final List<WeakCleaner> cleaners;

	/**
	 * Create an endpoint.
	 * @param registry the caches to show
	 * @param cleaners the cleaners to show
	 */
	public WeakrefEndpoint(WeakCacheRegistry registry, Collection<WeakCleaner> cleaners) {
		this.registry = registry;
		this.cleaners = List.copyOf(cleaners);
	}

	/**
	 * Show every cache and every cleaner. To count the live entries, every entry is
	 * visited.
	 * @return their figures
	 */
	@ReadOperation
	public WeakrefsDescriptor weakrefs() {
		Map<String, CacheDescriptor> caches = new TreeMap<>();
		this.registry.names().forEach((name) -> find(name).ifPresent((cache) -> caches.put(name, cache)));
		Map<String, CleanerDescriptor> cleaners = new TreeMap<>();
		this.cleaners.forEach((cleaner) -> cleaners.merge(cleaner.name(), CleanerDescriptor.of(cleaner.stats()),
				CleanerDescriptor::plus));
		return new WeakrefsDescriptor(caches, cleaners);
	}

	/**
	 * Show one cache.
	 * @param cache its name
	 * @return its figures, or null if there is no such cache
	 */
	@ReadOperation
	public @Nullable CacheDescriptor cache(@Selector String cache) {
		return this.registry.find(cache).map(CacheDescriptor::withAges).orElse(null);
	}

	/**
	 * Remove the entries of one cache whose weak side has died, immediately.
	 * @param cache its name
	 * @return its figures after that, or null if there is no such cache
	 */
	@WriteOperation
	public @Nullable CacheDescriptor purge(@Selector String cache) {
		this.registry.find(cache).ifPresent(WeakCollection::purge);
		return cache(cache);
	}

	/**
	 * Remove every entry of one cache, except locks that are in use.
	 * @param cache its name
	 * @return its figures after that, or null if there is no such cache
	 */
	@DeleteOperation
	public @Nullable CacheDescriptor clear(@Selector String cache) {
		this.registry.find(cache).ifPresent(WeakCollection::clear);
		return cache(cache);
	}

	private Optional<CacheDescriptor> find(String name) {
		return this.registry.find(name).map(CacheDescriptor::of);
	}

	/**
	 * The figures of every cache and every cleaner.
	 *
	 * @param caches the caches by name
	 * @param cleaners the cleaners by name; the figures of cleaners with the same name
	 * are added up
	 */
	public record WeakrefsDescriptor(Map<String, CacheDescriptor> caches,
			Map<String, CleanerDescriptor> cleaners) implements OperationResponseBody {
	}

	/**
	 * The figures of one cache. Those that need statistics stay at zero if none are
	 * recorded.
	 *
	 * @param kind {@code values}, {@code keys}, {@code set} or {@code locks}
	 * @param size the entries in the table, including dead ones that are not removed yet
	 * @param live the live entries
	 * @param hits lookups that found a live entry
	 * @param misses lookups that did not
	 * @param puts entries stored or replaced
	 * @param loads functions that were run to compute a value, including those that
	 * failed
	 * @param loadFailures functions that threw
	 * @param purged entries removed because their weak side had died
	 * @param held the values that the cache itself holds; only for a cache that holds
	 * values
	 * @param lostHits misses of keys whose values had died within the last minutes; only
	 * if a single cache is shown, and if there were any
	 * @param ages how old the entries are; only if a single cache is shown, and after the
	 * first old garbage collection
	 */
	public record CacheDescriptor(String kind, int size, int live, long hits, long misses, long puts, long loads,
			long loadFailures, long purged, @Nullable Integer held, @Nullable Long lostHits,
			@Nullable WeakAges ages) implements OperationResponseBody {

		static CacheDescriptor of(WeakCollection cache) {
			return of(cache, null, null);
		}

		static CacheDescriptor withAges(WeakCollection cache) {
			WeakAges ages = cache.ages();
			long lostHits = (cache instanceof WeakValueDictionary<?, ?> values) ? values.lostHits() : 0;
			return of(cache, (lostHits > 0) ? lostHits : null, (ages.sampled() > 0) ? ages : null);
		}

		private static CacheDescriptor of(WeakCollection cache, @Nullable Long lostHits, @Nullable WeakAges ages) {
			Integer held = (cache instanceof WeakValueDictionary<?, ?> values && values.isHolding())
					? values.heldCount() : null;
			WeakStats stats = cache.stats();
			return new CacheDescriptor(cache.kind().toString(), cache.size(), cache.liveCount(), stats.hits(),
					stats.misses(), stats.puts(), stats.loads(), stats.loadFailures(), stats.purged(), held, lostHits,
					ages);
		}

	}

	/**
	 * The figures of one cleaner.
	 *
	 * @param callbacks the callbacks that have ended, including those that failed
	 * @param callbackErrors the callbacks that threw or were refused
	 * @param pendingCallbacks the callbacks that are queued or running
	 * @param purged the dead entries removed from the collections of this cleaner
	 */
	public record CleanerDescriptor(long callbacks, long callbackErrors, long pendingCallbacks, long purged) {

		static CleanerDescriptor of(CleanerStats stats) {
			return new CleanerDescriptor(stats.callbacks(), stats.callbackErrors(), stats.pendingCallbacks(),
					stats.purged());
		}

		CleanerDescriptor plus(CleanerDescriptor other) {
			return new CleanerDescriptor(this.callbacks + other.callbacks, this.callbackErrors + other.callbackErrors,
					this.pendingCallbacks + other.pendingCallbacks, this.purged + other.purged);
		}

	}

}
