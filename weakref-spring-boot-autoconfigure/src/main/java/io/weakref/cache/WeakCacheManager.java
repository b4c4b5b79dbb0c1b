package io.weakref.cache;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Function;

import io.weakref.collection.WeakValueDictionary;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.CacheManager;

/**
 * Spring's {@link CacheManager} over weak value dictionaries: keys compare by
 * {@code equals}, values are held for as long as somebody else holds them.
 * <p>
 * Only a dictionary that was asked for by its name, here or with {@link #getCache}, is
 * ever shown as a cache: whatever walks over {@link #getCacheNames()} and clears what it
 * finds cannot split the identities that another dictionary keeps together. A cache is
 * the same object for as long as this manager lives; its dictionary is the one that its
 * name has where the dictionaries come from.
 *
 * @since 0.1.0
 */
public final class WeakCacheManager implements CacheManager {

	private static final Log logger = LogFactory.getLog(WeakCacheManager.class);

	private final @Nullable Function<String, ? extends @Nullable WeakValueDictionary<?, ?>> present;

	private final Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries;

	private final boolean onDemand;

	private final ConcurrentMap<String, WeakValueCache> caches = new ConcurrentHashMap<>();

	/** The caches in the order in which they were made, which listeners follow. */
	private final List<WeakValueCache> made = new CopyOnWriteArrayList<>();

	private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

	/**
	 * Create a cache manager whose caches keep their dictionaries.
	 * @param dictionaries gives, and makes where there is none, the dictionary of a name;
	 * what it throws reaches the caller of this constructor or of {@link #getCache}
	 * @param cacheNames the names of all caches, which are made at once; if empty, caches
	 * are made as they are asked for
	 */
	public WeakCacheManager(Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries,
			Collection<String> cacheNames) {
		this(null, dictionaries, cacheNames);
	}

	/**
	 * Create a cache manager whose caches follow a registry.
	 * @param present gives the dictionary that a name has now, null where it has none;
	 * asked at every use of a cache
	 * @param dictionaries gives, and makes where there is none, the dictionary of a name;
	 * what it throws reaches the caller of this constructor, of {@link #getCache}, or of
	 * the cache whose dictionary has been removed
	 * @param cacheNames the names of all caches, which are made at once; if empty, caches
	 * are made as they are asked for
	 */
	public WeakCacheManager(@Nullable Function<String, ? extends @Nullable WeakValueDictionary<?, ?>> present,
			Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries, Collection<String> cacheNames) {
		this.present = present;
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
	 * Have each cache there is and each one to come passed to a listener, once, in the
	 * order in which they were made, without a gap between the two. A listener hears of
	 * one cache at a time, before the call that made the cache returns, unless another
	 * thread is passing caches to it: then that one passes this one as well.
	 * @param listener called outside every lock; what it throws is logged
	 */
	public void forEachCache(Consumer<? super WeakValueCache> listener) {
		Subscription subscription = new Subscription(listener);
		this.subscriptions.add(subscription);
		subscription.deliver(this.made);
	}

	private WeakValueCache create(String name) {
		WeakValueCache cache = newCache(name);
		WeakValueCache existing = this.caches.putIfAbsent(name, cache);
		if (existing != null) {
			return existing;
		}
		this.made.add(cache);
		this.subscriptions.forEach((subscription) -> subscription.deliver(this.made));
		return cache;
	}

	private WeakValueCache newCache(String name) {
		Function<String, ? extends @Nullable WeakValueDictionary<?, ?>> present = this.present;
		if (present == null) {
			return new WeakValueCache(name, untyped(this.dictionaries.apply(name)));
		}
		return new WeakValueCache(name, () -> {
			WeakValueDictionary<?, ?> dictionary = present.apply(name);
			return (dictionary != null) ? untyped(dictionary) : null;
		}, () -> untyped(this.dictionaries.apply(name)));
	}

	/**
	 * Spring's caches know no types: whoever names a typed dictionary as a cache answers
	 * for what the cached methods put into it.
	 */
	@SuppressWarnings("unchecked")
	private static WeakValueDictionary<Object, Object> untyped(WeakValueDictionary<?, ?> dictionary) {
		return (WeakValueDictionary<Object, Object>) dictionary;
	}

	/** A listener, and how many caches it has heard of. */
	private static final class Subscription {

		private static final AtomicIntegerFieldUpdater<Subscription> DELIVERING = AtomicIntegerFieldUpdater
			.newUpdater(Subscription.class, "delivering");

		private final Consumer<? super WeakValueCache> listener;

		/** Written only by the thread that delivers. */
		private volatile int heard;

		/** Not 0 while a thread delivers. */
		@SuppressWarnings("UnusedVariable")
		private volatile int delivering;

		Subscription(Consumer<? super WeakValueCache> listener) {
			this.listener = listener;
		}

		/** Deliver what is new, unless another thread does, or an outer call. */
		@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
		private void deliver(List<WeakValueCache> made) {
			while (this.heard < made.size() && DELIVERING.compareAndSet(this, 0, 1)) {
				try {
					while (this.heard < made.size()) {
						accept(made.get(this.heard++));
					}
				}
				finally {
					this.delivering = 0;
				}
			}
		}

		private void accept(WeakValueCache cache) {
			try {
				this.listener.accept(cache);
			}
			catch (Throwable ex) {
				logger.error("A listener of %s failed".formatted(cache), ex);
			}
		}

	}

}
