package io.weakref.near;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
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
 * Spring's {@link CacheManager} for {@link NearCache near caches}. Each cache has its own
 * first level, whose name is {@value #PREFIX} followed by the name of the cache.
 *
 * @since 0.1.0
 */
public final class NearCacheManager implements CacheManager {

	/**
	 * The prefix of the name of a first level; the name of the cache follows.
	 */
	public static final String PREFIX = "near-";

	static final Log logger = LogFactory.getLog(NearCacheManager.class);

	private final Levels levels;

	private final NearInvalidation invalidation;

	private final Duration serveFor;

	private final Executor executor;

	private final boolean onDemand;

	/** The caches as they are handed out, possibly decorated. */
	private final ConcurrentMap<String, Cache> caches = new ConcurrentHashMap<>();

	/**
	 * The undecorated caches in the order of their creation, in which listeners receive
	 * them.
	 */
	private final List<NearCache> made = new CopyOnWriteArrayList<>();

	private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

	/**
	 * Create a cache manager.
	 * @param levels provides the levels of each cache
	 * @param invalidation reports the changes of the second level
	 * @param cacheNames the names of all caches, which are created immediately; if empty,
	 * each cache is created when it is first asked for
	 * @param serveFor how long hits of the first level are served while changes may go
	 * unnoticed; zero if they are not served at all
	 * @param executor runs deserialization and stores of asynchronous loads, and the
	 * writes of threads that must not wait
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
	 * Return the cache with a name.
	 * @param name the name
	 * @return the cache, always the same one for a name; null if the names are fixed and
	 * this is not one of them, or if there is no second level with this name
	 */
	@Override
	public @Nullable Cache getCache(String name) {
		Cache cache = this.caches.get(name);
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
	public void forEachCache(Consumer<? super NearCache> listener) {
		Subscription subscription = new Subscription(listener);
		this.subscriptions.add(subscription);
		subscription.deliver(this.made);
	}

	/**
	 * Create a cache, unless another thread creates one with the same name. Only the one
	 * that is published subscribes to changes, because a subscription never ends.
	 */
	private @Nullable Cache create(String name) {
		SecondLevel second = this.levels.second().apply(name);
		if (second == null) {
			return null;
		}
		NearCache cache = new NearCache(second, this.levels.first().apply(PREFIX + name),
				new SharedInstances(PREFIX + name + "-instances", this.levels.cleaner()), this.serveFor, this.executor);
		Cache decorated = this.levels.decoration().apply(cache);
		Cache existing = this.caches.putIfAbsent(name, decorated);
		if (existing != null) {
			return existing;
		}
		try {
			cache.subscribe(this.invalidation);
		}
		catch (RuntimeException | Error ex) {
			this.caches.remove(name, decorated);
			throw ex;
		}
		this.made.add(cache);
		this.subscriptions.forEach((subscription) -> subscription.deliver(this.made));
		return decorated;
	}

	/**
	 * Provides the levels of a cache.
	 *
	 * @param first gets or creates the dictionary with a name
	 * @param second returns the second level of a cache, or null if there is none
	 * @param decoration decorates each cache
	 * @param cleaner removes dead entries from the caches' tables of shared instances
	 */
	public record Levels(Function<String, WeakValueDictionary<NearKey, Object>> first,
			Function<String, @Nullable SecondLevel> second, UnaryOperator<Cache> decoration, WeakCleaner cleaner) {
	}

	/** A listener, and how many caches it has received. */
	private static final class Subscription {

		private static final AtomicIntegerFieldUpdater<Subscription> DELIVERING = AtomicIntegerFieldUpdater
			.newUpdater(Subscription.class, "delivering");

		private final Consumer<? super NearCache> listener;

		/** Written only by the thread that is delivering. */
		private volatile int heard;

		/** Not 0 while a thread delivers. */
		@SuppressWarnings("UnusedVariable")
		private volatile int delivering;

		Subscription(Consumer<? super NearCache> listener) {
			this.listener = listener;
		}

		/** Deliver new caches, unless another thread or an outer call is doing so. */
		@SuppressWarnings("NonAtomicVolatileUpdate") // only one thread at a time delivers
		private void deliver(List<NearCache> made) {
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

		private void accept(NearCache cache) {
			try {
				this.listener.accept(cache);
			}
			catch (Throwable ex) {
				logger.error("A listener of %s failed".formatted(cache), ex);
			}
		}

	}

}
