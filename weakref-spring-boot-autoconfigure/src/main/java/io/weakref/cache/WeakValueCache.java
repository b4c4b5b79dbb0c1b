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
 * A Spring {@link Cache} whose values are held for as long as somebody else holds them.
 * <p>
 * Whoever asks for a key again gets the very object that is still in use somewhere;
 * nothing is kept for its own sake. Values that nobody holds may vanish between two
 * calls, boxed numbers, computed strings and the list that collects a {@code Flux} among
 * them: cache what is shared.
 * <p>
 * There are no nulls in it: a loader's null reaches the caller and is not stored, and
 * {@link #put} of null removes the key. Of several loads of one key that end one after
 * the other, the first live value stays.
 *
 * @since 0.1.0
 */
public final class WeakValueCache extends AbstractValueAdaptingCache {

	private static final AtomicReferenceFieldUpdater<WeakValueCache, PendingLoads> LOADS = AtomicReferenceFieldUpdater
		.newUpdater(WeakValueCache.class, PendingLoads.class, "loads");

	private final String name;

	private final Supplier<? extends @Nullable WeakValueDictionary<Object, Object>> present;

	private final Supplier<WeakValueDictionary<Object, Object>> dictionary;

	/** Those of the dictionary that this cache used last. */
	private volatile PendingLoads loads;

	WeakValueCache(String name, WeakValueDictionary<Object, Object> dictionary) {
		this(name, () -> dictionary, () -> dictionary);
	}

	/**
	 * Create a cache over a dictionary that may become another one.
	 * @param present gives the dictionary that there is now, or {@code null}
	 * @param dictionary gives, and makes where there is none, the dictionary
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
	 * Return the dictionary of this cache, which is another one after it was removed from
	 * the registry it came from.
	 * @return the dictionary; made if it was removed and there is no other one yet
	 */
	@Override
	public WeakValueDictionary<Object, Object> getNativeCache() {
		return loads().dictionary();
	}

	/**
	 * Return the dictionary that there is now, without making one.
	 * @return the dictionary; null if it was removed and there is no other one yet
	 */
	public @Nullable WeakValueDictionary<Object, Object> peekNativeCache() {
		return this.present.get();
	}

	/**
	 * The loads into the dictionary that there is now. What still runs into an earlier
	 * one ends there.
	 */
	private PendingLoads loads() {
		while (true) {
			PendingLoads current = this.loads;
			// Read after the loads: what is set below is never older than what was there
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
	 * Return the live value of a key; where there is none, load it, once for all who ask
	 * at the same time. A load that {@link #retrieve(Object, Supplier)} began does not
	 * count as one of those, as to wait for it could be to wait for oneself; if it ends
	 * first, its value is the one that is stored and returned here, too.
	 * @param key the key
	 * @param loader gives the value, or null, which is returned and not stored. It may
	 * use this cache, but neither put nor load its own key in this way, which gives an
	 * {@code IllegalStateException}
	 * @return the value, strongly held since it was found or loaded; null only if the
	 * loader gave null
	 * @throws org.springframework.cache.Cache.ValueRetrievalException around what the
	 * loader threw; nothing is stored then
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
	 * Return the live value of a key; where there is none, start to load it, once for all
	 * who ask in this way before the load ends. Neither this call nor the thread that
	 * ends the load waits for a loader of this cache, a blocking one of the same key
	 * included; only for a function that somebody runs for the key on the
	 * {@link #getNativeCache() dictionary} itself does the latter wait.
	 * @param key the key
	 * @param loader starts the load; a null that it ends with is passed on and not
	 * stored. To retrieve its own key gives a future with an
	 * {@code IllegalStateException}
	 * @return a future of the caller's own, which has what the loader or a key throws: to
	 * cancel it cancels neither the load nor anybody else's future
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
		return (CompletableFuture<T>) loads().retrieve(key, loader);
	}

	/**
	 * Set the value of a key.
	 * @param key the key
	 * @param value the value; null removes the key, as nothing stands for null here
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
	 * Set the value of a key unless it has a live one, in one atomic step.
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
	 * Remove a key. A load of the key that runs meanwhile still reaches its caller, but
	 * is not stored; others who wait for it load again.
	 * @param key the key
	 * @return whether the key had a live value
	 */
	@Override
	public boolean evictIfPresent(Object key) {
		return loads().evict(key);
	}

	/**
	 * Remove every key. Loads that run meanwhile still reach their callers, but are not
	 * stored.
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
