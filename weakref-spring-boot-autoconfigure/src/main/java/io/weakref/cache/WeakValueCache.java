package io.weakref.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;

import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.support.AbstractValueAdaptingCache;

/**
 * A Spring {@link Cache} that holds its values weakly.
 * <p>
 * A caller that asks for a key again gets the same object as long as it is in use
 * somewhere. A value that nothing else refers to may vanish between two calls. That
 * includes boxed numbers, computed strings, and the list into which a {@code Flux} is
 * collected: cache objects that their callers keep.
 * <p>
 * Nulls are not stored: a null from a loader is returned to the caller, and {@link #put}
 * with null removes the key. If several loads of one key end one after the other, the
 * first live value stays.
 *
 * @since 0.1.0
 */
public final class WeakValueCache extends AbstractValueAdaptingCache {

	private static final AtomicReferenceFieldUpdater<WeakValueCache, PendingLoads> LOADS = AtomicReferenceFieldUpdater
		.newUpdater(WeakValueCache.class, PendingLoads.class, "loads");

	private final String name;

	private final Supplier<? extends @Nullable WeakValueDictionary<Object, Object>> present;

	private final Supplier<WeakValueDictionary<Object, Object>> dictionary;

	/** The loads into the dictionary that this cache used last. */
	private volatile PendingLoads loads;

	WeakValueCache(String name, WeakValueDictionary<Object, Object> dictionary) {
		this(name, () -> dictionary, () -> dictionary);
	}

	/**
	 * Create a cache whose dictionary may be replaced.
	 * @param present returns the current dictionary, or {@code null} if there is none
	 * @param dictionary gets or creates the dictionary
	 */
	WeakValueCache(String name, Supplier<? extends @Nullable WeakValueDictionary<Object, Object>> present,
			Supplier<WeakValueDictionary<Object, Object>> dictionary) {
		super(false);
		this.name = name;
		this.present = present;
		this.dictionary = dictionary;
		this.loads = new PendingLoads(dictionary.get());
	}

	@Override
	public String getName() {
		return this.name;
	}

	/**
	 * Return the current dictionary of this cache. It is replaced if it is removed from
	 * its registry.
	 * @return the dictionary, which is created if it was removed and not replaced yet
	 */
	@Override
	public WeakValueDictionary<Object, Object> getNativeCache() {
		return loads().dictionary();
	}

	/**
	 * Return the current dictionary without creating one.
	 * @return the dictionary; null if it was removed and not replaced yet
	 */
	public @Nullable WeakValueDictionary<Object, Object> peekNativeCache() {
		return this.present.get();
	}

	/**
	 * Return the loads into the current dictionary. Loads that were started with an
	 * earlier dictionary store their values there.
	 */
	private PendingLoads loads() {
		while (true) {
			PendingLoads current = this.loads;
			// Read after the loads, so that what is set below is never older than what it
			// replaces
			WeakValueDictionary<Object, Object> dictionary = this.present.get();
			if (dictionary == null) {
				dictionary = this.dictionary.get();
			}
			if (current.dictionary() == dictionary) {
				return current;
			}
			PendingLoads next = new PendingLoads(dictionary);
			if (LOADS.compareAndSet(this, current, next)) {
				return next;
			}
		}
	}

	@Override
	protected @Nullable Object lookup(Object key) {
		return loads().find(key);
	}

	/**
	 * Return the live value of a key. If there is none, load it, once for all callers of
	 * this method that ask at the same time. A load that
	 * {@link #retrieve(Object, Supplier)} started is not joined, because the caller could
	 * be waiting for itself; if it ends first, its value is the one that is stored and
	 * returned here, too.
	 * @param key the key
	 * @param loader returns the value, or null, which is returned and not stored. It may
	 * use this cache, but must neither put nor load its own key in this way, which fails
	 * with an {@code IllegalStateException}
	 * @return the value, strongly held since it was found or loaded; null only if the
	 * loader returned null
	 * @throws org.springframework.cache.Cache.ValueRetrievalException if the loader
	 * threw; its exception is the cause, and nothing is stored
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> @Nullable T get(Object key, Callable<T> loader) {
		return (T) loads().get(key, loader);
	}

	@Override
	public @Nullable CompletableFuture<?> retrieve(Object key) {
		try {
			Object value = lookup(key);
			return (value != null) ? CompletableFuture.completedFuture(value) : null;
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Return the live value of a key. If there is none, start to load it, once for all
	 * callers of this method that ask before the load ends. Neither this call nor the
	 * thread that completes the load waits for a loader of this cache, not even for a
	 * blocking one of the same key. The thread that completes the load does wait for a
	 * function that is running for the key on the {@link #getNativeCache() dictionary}
	 * itself.
	 * @param key the key
	 * @param loader starts the load; if it ends with null, the null is passed on and not
	 * stored. If the loader retrieves its own key, it gets a future that fails with an
	 * {@code IllegalStateException}
	 * @return a new future, which fails with any exception of the loader or the key;
	 * cancelling it cancels neither the load nor the future of another caller
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
		return (CompletableFuture<T>) loads().retrieve(key, loader);
	}

	/**
	 * Set the value of a key.
	 * @param key the key
	 * @param value the value; null removes the key, because nulls cannot be stored
	 */
	@Override
	public void put(Object key, @Nullable Object value) {
		if (value != null) {
			getNativeCache().put(key, value);
		}
		else {
			evict(key);
		}
	}

	/**
	 * Set the value of a key unless it has a live one, atomically.
	 * @param key the key
	 * @param value the value; null is not stored
	 * @return the live value that stays, or null if there was none
	 */
	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return toValueWrapper((value != null) ? getNativeCache().putIfAbsent(key, value) : lookup(key));
	}

	@Override
	public void evict(Object key) {
		evictIfPresent(key);
	}

	/**
	 * Remove a key. A load of the key that is in progress still returns its value to its
	 * caller, but does not store it; other callers that wait for it load again.
	 * @param key the key
	 * @return whether the key had a live value
	 */
	@Override
	public boolean evictIfPresent(Object key) {
		return loads().evict(key);
	}

	/**
	 * Remove every key. Loads that are in progress still return their values to their
	 * callers, but do not store them.
	 */
	@Override
	public void clear() {
		loads().clear();
	}

	@Override
	public boolean invalidate() {
		boolean live = getNativeCache().keySet().iterator().hasNext();
		clear();
		return live;
	}

	@Override
	public String toString() {
		return "WeakValueCache '" + this.name + "'";
	}

}
