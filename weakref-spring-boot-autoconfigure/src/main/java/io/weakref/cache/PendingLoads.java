package io.weakref.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * The loads into one dictionary that have begun and not ended: at most one for each key.
 * <p>
 * A load that ends stores its value and leaves the table in one atomic step per key, and
 * stores only if it is still in the table. To forget a key here and then remove it from
 * the dictionary is therefore enough to keep a value that was being loaded from coming
 * back.
 */
final class PendingLoads {

	private final WeakValueDictionary<Object, Object> dictionary;

	private final ConcurrentMap<Object, CompletableFuture<@Nullable Object>> pending = new ConcurrentHashMap<>();

	/** How many values were stored; raised before their loads leave the table. */
	private final AtomicLong stored = new AtomicLong();

	PendingLoads(WeakValueDictionary<Object, Object> dictionary) {
		this.dictionary = dictionary;
	}

	/**
	 * Find the live value of a key, or join its load, or begin one.
	 * @param key the key
	 * @param loader starts the load, outside every lock
	 * @return a future that nobody else has
	 */
	CompletableFuture<@Nullable Object> retrieve(Object key, Supplier<? extends CompletableFuture<?>> loader) {
		long storedBefore = this.stored.get();
		Object value = this.dictionary.get(key);
		if (value != null) {
			return CompletableFuture.completedFuture(value);
		}
		CompletableFuture<@Nullable Object> load = new CompletableFuture<>();
		CompletableFuture<@Nullable Object> running = this.pending.putIfAbsent(key, load);
		if (running != null) {
			return follow(running);
		}
		// A load of this key may have ended since the lookup; then look once more.
		value = (this.stored.get() != storedBefore) ? this.dictionary.get(key) : null;
		if (value != null) {
			this.pending.remove(key, load);
			load.complete(value);
		}
		else {
			begin(key, load, loader);
		}
		return follow(load);
	}

	/**
	 * Keep the load of a key from storing its value.
	 * @param key the key
	 */
	void forget(Object key) {
		this.pending.remove(key);
	}

	/**
	 * Keep every load from storing its value.
	 */
	void forgetAll() {
		this.pending.clear();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // end() passes every failure on
	private void begin(Object key, CompletableFuture<@Nullable Object> load,
			Supplier<? extends CompletableFuture<?>> loader) {
		try {
			loader.get().whenComplete((value, error) -> end(key, load, value, error));
		}
		catch (Throwable ex) {
			end(key, load, null, ex);
		}
	}

	private void end(Object key, CompletableFuture<@Nullable Object> load, @Nullable Object value,
			@Nullable Throwable error) {
		Object result = value;
		Throwable failure = error;
		if (value != null) {
			try {
				result = store(key, load, value);
			}
			catch (Throwable ex) {
				failure = ex;
			}
		}
		this.pending.remove(key, load);
		if (failure != null) {
			load.completeExceptionally(failure);
		}
		else {
			load.complete(result);
		}
	}

	/** Returns the value that everybody gets: one that was put meanwhile stays. */
	private Object store(Object key, CompletableFuture<@Nullable Object> load, Object value) {
		AtomicReference<@Nullable Object> earlier = new AtomicReference<>();
		this.pending.computeIfPresent(key, (same, current) -> {
			if (current != load) {
				return current;
			}
			earlier.set(this.dictionary.putIfAbsent(key, value));
			this.stored.incrementAndGet();
			return null;
		});
		Object kept = earlier.get();
		return (kept != null) ? kept : value;
	}

	/** Unlike {@code copy()}, passes an exception on as it is. */
	@SuppressWarnings("FutureReturnValueIgnored") // nothing is thrown there
	private static CompletableFuture<@Nullable Object> follow(CompletableFuture<@Nullable Object> load) {
		CompletableFuture<@Nullable Object> follower = new CompletableFuture<>();
		load.whenComplete((value, error) -> {
			if (error != null) {
				follower.completeExceptionally(error);
			}
			else {
				follower.complete(value);
			}
		});
		return follower;
	}

}
