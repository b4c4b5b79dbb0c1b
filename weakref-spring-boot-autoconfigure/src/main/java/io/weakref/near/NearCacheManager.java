package io.weakref.near;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's {@link CacheManager} over {@link NearCache near caches}. Each has a first
 * level of its own, named after it with {@value #PREFIX} before.
 *
 * @since 0.1.0
 */
public final class NearCacheManager implements CacheManager {

	/**
	 * What comes before the name of a cache in the name of its first level.
	 */
	public static final String PREFIX = "near-";

	static final Log logger = LogFactory.getLog(NearCacheManager.class);

	private final Levels levels;

	private final NearInvalidation invalidation;

	private final Duration serveFor;

	private final Executor executor;

	private final boolean onDemand;

	/** As they are handed out, which may be in a decoration. */
	private final ConcurrentMap<String, Cache> caches = new ConcurrentHashMap<>();

	/** Guarded by {@link #listeners}, as is every addition to the caches. */
	private final List<NearCache> plain = new ArrayList<>();

	private final List<Consumer<? super NearCache>> listeners = new ArrayList<>();

	/**
	 * Create a cache manager.
	 * @param levels gives the levels of each cache
	 * @param invalidation tells of the changes of the second level
	 * @param cacheNames the names of all caches, which are made at once; if empty, caches
	 * are made as they are asked for
	 * @param serveFor for how long hits of the first level are served while changes may
	 * go unnoticed; zero for not at all
	 * @param executor runs deserializers and loaders of futures, and writes for threads
	 * that must not wait
	 */
	public NearCacheManager(Levels levels, NearInvalidation invalidation, Collection<String> cacheNames,
			Duration serveFor, Executor executor) {
		this.levels = levels;
		this.invalidation = invalidation;
		this.serveFor = serveFor;
		this.executor = executor;
		this.onDemand = cacheNames.isEmpty();
		cacheNames.forEach(this::create);
	}

	/**
	 * Return the cache of a name.
	 * @param name the name
	 * @return the cache, always the same for a name; null where the names are fixed and
	 * this is none of them, or where there is no second level of this name
	 */
	@Override
	public @Nullable Cache getCache(String name) {
		Cache cache = this.caches.get(name);
		return (cache == null && this.onDemand) ? create(name) : cache;
	}

	/**
	 * Return the names of the caches that there are now, in alphabetical order.
	 * @return a copy of the names
	 */
	@Override
	public Collection<String> getCacheNames() {
		return new TreeSet<>(this.caches.keySet());
	}

	/**
	 * Have each cache there is and each one to come passed to a listener, once, without a
	 * gap between the two.
	 * @param listener called on the thread that makes the cache, while no other can be
	 * made
	 */
	public void forEachCache(Consumer<? super NearCache> listener) {
		synchronized (this.listeners) {
			this.listeners.add(listener);
			this.plain.forEach(listener);
		}
	}

	private @Nullable Cache create(String name) {
		synchronized (this.listeners) {
			Cache existing = this.caches.get(name);
			if (existing != null) {
				return existing;
			}
			SecondLevel second = this.levels.second().apply(name);
			if (second == null) {
				return null;
			}
			NearCache cache = new NearCache(second, this.levels.first().apply(PREFIX + name),
					new SharedInstances(PREFIX + name + "-instances", this.levels.cleaner()), this.invalidation,
					this.serveFor, this.executor);
			Cache decorated = this.levels.decoration().apply(cache);
			this.plain.add(cache);
			this.caches.put(name, decorated);
			this.listeners.forEach((listener) -> listener.accept(cache));
			return decorated;
		}
	}

	/**
	 * Where the levels of a cache come from.
	 *
	 * @param first gives, and makes where there is none, the dictionary of a name
	 * @param second gives the second level of a cache, null where there is none
	 * @param decoration what is put around each cache
	 * @param cleaner removes what died from the other tables of the caches
	 */
	public record Levels(Function<String, WeakValueDictionary<NearKey, Object>> first,
			Function<String, @Nullable SecondLevel> second, UnaryOperator<Cache> decoration, WeakCleaner cleaner) {
	}

}
