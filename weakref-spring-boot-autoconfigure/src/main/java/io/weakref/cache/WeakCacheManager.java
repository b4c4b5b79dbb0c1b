package io.weakref.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;

import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.CacheManager;

/**
 * Spring's {@link CacheManager} over weak value dictionaries: keys compare by
 * {@code equals}, values are held for as long as somebody else holds them.
 * <p>
 * Only a dictionary that was asked for by its name, here or with {@link #getCache}, is
 * ever shown as a cache: whatever walks over {@link #getCacheNames()} and clears what it
 * finds cannot split the identities that another dictionary keeps together. A cache stays
 * with its dictionary for as long as this manager lives, whoever else forgets it.
 */
public final class WeakCacheManager implements CacheManager {

	private final Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries;

	private final boolean onDemand;

	private final ConcurrentMap<String, WeakValueCache> caches = new ConcurrentHashMap<>();

	/** Guarded by itself, as is every addition to the caches. */
	private final List<Consumer<? super WeakValueCache>> listeners = new ArrayList<>();

	/**
	 * Create a cache manager.
	 * @param dictionaries gives, and makes where there is none, the dictionary of a name;
	 * what it throws reaches the caller of this constructor or of {@link #getCache}
	 * @param cacheNames the names of all caches, which are made at once; if empty, caches
	 * are made as they are asked for
	 */
	public WeakCacheManager(Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries,
			Collection<String> cacheNames) {
		this.dictionaries = dictionaries;
		this.onDemand = cacheNames.isEmpty();
		cacheNames.forEach(this::create);
	}

	/**
	 * Return the cache of a name.
	 * @param name the name
	 * @return the cache, always the same for a name; null where the names are fixed and
	 * this is none of them
	 */
	@Override
	public @Nullable WeakValueCache getCache(String name) {
		WeakValueCache cache = this.caches.get(name);
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
	public void forEachCache(Consumer<? super WeakValueCache> listener) {
		synchronized (this.listeners) {
			this.listeners.add(listener);
			this.caches.values().forEach(listener);
		}
	}

	private WeakValueCache create(String name) {
		synchronized (this.listeners) {
			WeakValueCache existing = this.caches.get(name);
			if (existing != null) {
				return existing;
			}
			WeakValueCache cache = new WeakValueCache(name, untyped(this.dictionaries.apply(name)));
			this.caches.put(name, cache);
			this.listeners.forEach((listener) -> listener.accept(cache));
			return cache;
		}
	}

	/**
	 * Spring's caches know no types: whoever names a typed dictionary as a cache answers
	 * for what the cached methods put into it.
	 */
	@SuppressWarnings("unchecked")
	private static WeakValueDictionary<Object, Object> untyped(WeakValueDictionary<?, ?> dictionary) {
		return (WeakValueDictionary<Object, Object>) dictionary;
	}

}
