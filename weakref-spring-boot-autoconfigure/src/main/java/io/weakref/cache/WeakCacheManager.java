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
 * Spring's {@link CacheManager} on top of weak value dictionaries: keys are compared with
 * {@code equals}, values are held weakly.
 * <p>
 * A dictionary becomes a cache only if its name is passed to the constructor or to
 * {@link #getCache}. So code that clears every cache in {@link #getCacheNames()} does not
 * clear other dictionaries, whose callers would then get second instances. A cache
 * remains the same object as long as this manager exists; its dictionary is the one that
 * currently has its name.
 *
 * @since 0.1.0
 */
public final class WeakCacheManager implements CacheManager {

	private static final Log logger = LogFactory.getLog(WeakCacheManager.class);

	private final @Nullable Function<String, ? extends @Nullable WeakValueDictionary<?, ?>> present;

	private final Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries;

	private final boolean onDemand;

	private final ConcurrentMap<String, WeakValueCache> caches = new ConcurrentHashMap<>();

	/** The caches in the order of their creation, in which listeners receive them. */
	private final List<WeakValueCache> made = new CopyOnWriteArrayList<>();

	private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

	/**
	 * Create a cache manager whose caches keep their dictionaries.
	 * @param dictionaries gets or creates the dictionary with a name; an exception is
	 * passed to the caller of this constructor or of {@link #getCache}
	 * @param cacheNames the names of all caches, which are created immediately; if empty,
	 * each cache is created when it is first asked for
	 */
	public WeakCacheManager(Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries,
			Collection<String> cacheNames) {
		this(null, dictionaries, cacheNames);
	}

	/**
	 * Create a cache manager whose caches use the current dictionaries of a registry.
	 * @param present returns the current dictionary with a name, or null if there is
	 * none; called on every use of a cache
	 * @param dictionaries gets or creates the dictionary with a name; an exception is
	 * passed to the caller of this constructor, of {@link #getCache}, or of the cache
	 * whose dictionary has been removed
	 * @param cacheNames the names of all caches, which are created immediately; if empty,
	 * each cache is created when it is first asked for
	 */
	public WeakCacheManager(@Nullable Function<String, ? extends @Nullable WeakValueDictionary<?, ?>> present,
			Function<String, ? extends WeakValueDictionary<?, ?>> dictionaries, Collection<String> cacheNames) {
		this.present = present;
		this.dictionaries = dictionaries;
		this.onDemand = cacheNames.isEmpty();
		cacheNames.forEach(this::create);
	}

	/**
	 * Return the cache with a name.
	 * @param name the name
	 * @return the cache, always the same one for a name; null if the names are fixed and
	 * this is not one of them
	 */
	@Override
	public @Nullable WeakValueCache getCache(String name) {
		WeakValueCache cache = this.caches.get(name);
		return (cache == null && this.onDemand) ? create(name) : cache;
	}

	/**
	 * Return the names of the caches that exist now, in alphabetical order.
	 * @return a copy of the names
	 */
	@Override
	public Collection<String> getCacheNames() {
		return new TreeSet<>(this.caches.keySet());
	}

	/**
	 * Pass each existing cache, and from now on each new one, to a listener: every cache
	 * exactly once, in the order of creation. A listener receives one cache at a time,
	 * before the call that created the cache returns. If another thread is just passing
	 * caches to the listener, that thread passes the new one as well.
	 * @param listener called outside every lock; its exceptions are logged
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
	 * Spring's caches have no type parameters: whoever uses a typed dictionary as a cache
	 * is responsible for the types of what the cached methods put into it.
	 */
	@SuppressWarnings("unchecked")
	private static WeakValueDictionary<Object, Object> untyped(WeakValueDictionary<?, ?> dictionary) {
		return (WeakValueDictionary<Object, Object>) dictionary;
	}

	/** A listener, and how many caches it has received. */
	private static final class Subscription {

		private static final AtomicIntegerFieldUpdater<Subscription> DELIVERING = AtomicIntegerFieldUpdater
			.newUpdater(Subscription.class, "delivering");

		private final Consumer<? super WeakValueCache> listener;

		/** Written only by the thread that is delivering. */
		private volatile int heard;

		/** Not 0 while a thread delivers. */
		@SuppressWarnings("UnusedVariable")
		private volatile int delivering;

		Subscription(Consumer<? super WeakValueCache> listener) {
			this.listener = listener;
		}

		/** Deliver new caches, unless another thread or an outer call is doing so. */
		@SuppressWarnings("NonAtomicVolatileUpdate") // only one thread at a time delivers
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
