package io.weakref.near;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.weakref.collection.WeakValueDictionary;
import io.weakref.near.NearFence.Lease;
import io.weakref.near.SharedInstances.Content;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.support.AbstractValueAdaptingCache;
import org.springframework.cache.support.NullValue;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * A Spring {@link Cache} of two levels. The first level finds the instances that are in
 * use in this JVM; the second level is shared by all JVMs.
 * <ul>
 * <li>A value that is in use somewhere in this JVM is found without asking the second
 * level, as long as the second level can be trusted to report changes.</li>
 * <li>A value that was read before a change was reported is never returned after
 * that.</li>
 * <li>Values with the same key and content are one instance as long as something refers
 * to it, even after the first level has dropped it. After a change callers get another
 * instance, and whoever holds the old one keeps it. Values must not be modified.</li>
 * <li>A write is complete when its method returns: from then on this JVM reads it. On a
 * thread that must not wait for the second level, the write is handed to another thread,
 * and later reads wait for it.</li>
 * <li>{@link #get(Object, Callable)} and {@link #retrieve(Object, Supplier)} load once
 * for all callers in this JVM that ask at the same time. If the key changes during a
 * load, the load still returns its value, but stores it in neither level.</li>
 * <li>The second level decides whether null is stored. The first level never stores
 * it.</li>
 * </ul>
 *
 * @since 0.1.0
 */
public final class NearCache extends AbstractValueAdaptingCache {

	private final SecondLevel second;

	private final WeakValueDictionary<NearKey, Object> first;

	private final NearFence fence;

	private final SharedInstances instances;

	/** Trusts nothing until this cache has subscribed to changes. */
	private volatile NearInvalidation.Subscription subscription = (key) -> NearInvalidation.Subscription.NEVER;

	/** How long hits are served while the second level is not trusted. */
	private final long serveNanos;

	private final Executor executor;

	private final NearCounters counters = new NearCounters();

	/**
	 * Loaded values that are being written to the second level: writers of the key wait.
	 */
	private final OwnWrites stores = new OwnWrites();

	/** Writes that were handed to another thread: reads and writes of the key wait. */
	private final OwnWrites handedOver = new OwnWrites();

	NearCache(SecondLevel second, WeakValueDictionary<NearKey, Object> first, SharedInstances instances,
			Duration serveFor, Executor executor) {
		super(second.allowsNull());
		this.second = second;
		this.first = first;
		this.fence = new NearFence(first);
		this.instances = instances;
		this.serveNanos = serveFor.toNanos();
		this.executor = executor;
	}

	/**
	 * Subscribe to changes. Until then this cache works, but its first level stores and
	 * serves nothing.
	 */
	void subscribe(NearInvalidation invalidation) {
		this.subscription = invalidation.subscribe(this.second.prefix(), new Changes());
	}

	@Override
	public String getName() {
		return this.second.name();
	}

	/**
	 * Return the first level.
	 * @return the dictionary of the values that are found without asking the second level
	 */
	@Override
	public WeakValueDictionary<NearKey, Object> getNativeCache() {
		return this.first;
	}

	/**
	 * Return what was counted since this cache was created.
	 * @return the current figures
	 */
	public NearStats stats() {
		return this.counters.snapshot();
	}

	@Override
	protected @Nullable Object lookup(Object key) {
		NearKey nearKey = this.second.key(key);
		Object held = held(nearKey);
		return (held != null) ? held : read(nearKey);
	}

	/**
	 * Return the value of a key. If neither level has one, load it, once for all callers
	 * in this JVM that ask at the same time, and store it in the second level.
	 * @param key the key
	 * @param loader returns the value; must not ask this cache for the same key
	 * @return the value
	 * @throws org.springframework.cache.Cache.ValueRetrievalException if the loader
	 * threw; its exception is the cause, and nothing is stored
	 * @throws IllegalStateException if the loader of another thread is loading the key
	 * and waits for the calling thread, directly or through other threads
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> @Nullable T get(Object key, Callable<T> loader) {
		NearKey nearKey = this.second.key(key);
		Object held = held(nearKey);
		return (T) fromStoreValue((held != null) ? held : load(key, nearKey, loader));
	}

	@Override
	public @Nullable CompletableFuture<?> retrieve(Object key) {
		NearKey nearKey = this.second.key(key);
		Object held = held(nearKey);
		return (held != null) ? CompletableFuture.completedFuture(toValueWrapper(held))
				: readAsync(nearKey).thenApply(this::toValueWrapper);
	}

	/**
	 * Return the value of a key. If neither level has one, start to load it, once for all
	 * callers in this JVM that ask before the load ends, and store it in the second
	 * level. Never blocks.
	 * @param key the key
	 * @param loader starts the load; must not ask this cache for the same key
	 * @return a new future: cancelling it cancels neither the load nor the future of
	 * another caller. It fails with an {@link IllegalStateException} if the loader of the
	 * same key calls this method
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
		NearKey nearKey = this.second.key(key);
		Object held = held(nearKey);
		if (held != null) {
			return (CompletableFuture<T>) CompletableFuture.completedFuture(fromStoreValue(held));
		}
		Flight flight = new Flight();
		Flight running = this.fence.join(nearKey, flight);
		if (running == null) {
			loadAsync(key, nearKey, flight, loader);
			running = flight;
		}
		return (CompletableFuture<T>) running.follow().thenApply(this::fromStoreValue);
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		Object storeValue = toStoreValue(value);
		NearKey nearKey = this.second.key(key);
		byte[] bytes = this.second.serialize(storeValue);
		share(nearKey, bytes, storeValue);
		write(nearKey, () -> {
			this.second.put(nearKey, key, value, bytes);
			return true;
		});
	}

	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		if (value == null && !isAllowNullValues()) {
			return get(key);
		}
		requireBlocking("putIfAbsent");
		Object storeValue = toStoreValue(value);
		NearKey nearKey = this.second.key(key);
		byte[] bytes = this.second.serialize(storeValue);
		Object[] stays = new Object[1];
		write(nearKey, () -> {
			byte[] earlier = this.second.putIfAbsent(nearKey, key, value, bytes);
			if (earlier == null) {
				share(nearKey, bytes, storeValue);
			}
			else {
				stays[0] = decode(nearKey, earlier);
			}
			return true;
		});
		return (stays[0] != null) ? new SimpleValueWrapper(fromStoreValue(stays[0])) : null;
	}

	@Override
	public void evict(Object key) {
		evictIfPresent(key);
	}

	/**
	 * Remove a key. A load that is in progress still returns its value to those who wait
	 * for it, but does not store it.
	 * @param key the key
	 * @return whether the second level had a value; always false on a thread that must
	 * not wait for the answer
	 */
	@Override
	public boolean evictIfPresent(Object key) {
		NearKey nearKey = this.second.key(key);
		return write(nearKey, () -> this.second.evict(nearKey));
	}

	@Override
	public void clear() {
		invalidate();
	}

	/**
	 * Remove all keys from both levels.
	 * @return whether the second level had a key; always false on a thread that must not
	 * wait for the answer
	 */
	@Override
	public boolean invalidate() {
		this.fence.dropAll();
		this.counters.own.increment();
		if (this.second.mayBlock()) {
			this.stores.all().join();
			this.handedOver.all().join();
			return clearNow();
		}
		CompletableFuture<Void> write = new CompletableFuture<>();
		CompletableFuture<Void> before = CompletableFuture.allOf(this.stores.all(), this.handedOver.all());
		this.handedOver.beginAll(write);
		handOver(before, this::clearNow, () -> write.complete(null));
		return false;
	}

	@Override
	public String toString() {
		return "NearCache '" + getName() + "'";
	}

	/** Return a value of the first level if it may be served. */
	private @Nullable Object held(NearKey key) {
		// Read the value before checking the trust: a value that is then still trusted
		// was
		// current when it was read.
		Object value = this.fence.get(key);
		if (value == null || this.subscription.untrustedFor(key) > this.serveNanos) {
			return null;
		}
		this.counters.first.increment();
		return value;
	}

	/** Read the second level, and store in the first level what was found there. */
	private @Nullable Object read(NearKey key) {
		await(this.handedOver.of(key));
		Lease lease = this.fence.lease(key);
		try {
			return found(key, lease, this.second.get(key));
		}
		finally {
			this.fence.release(key, lease);
		}
	}

	private CompletableFuture<@Nullable Object> readAsync(NearKey key) {
		return written(key).thenCompose((nothing) -> {
			Lease lease = this.fence.lease(key);
			return readAsync(key, lease).whenComplete((value, failure) -> this.fence.release(key, lease));
		});
	}

	private CompletableFuture<@Nullable Object> readAsync(NearKey key, Lease lease) {
		CompletableFuture<byte @Nullable []> read;
		try {
			read = this.second.retrieve(key);
		}
		catch (Throwable ex) {
			read = CompletableFuture.failedFuture(ex);
		}
		return read.thenApplyAsync((bytes) -> found(key, lease, bytes), this.executor);
	}

	private @Nullable Object found(NearKey key, Lease lease, byte @Nullable [] bytes) {
		if (bytes == null) {
			this.counters.loads.increment();
			return null;
		}
		this.counters.second.increment();
		Object value = decode(key, bytes);
		if (value != null && !(value instanceof NullValue) && this.instances.isShareable(value)
				&& this.subscription.isTrusted(key) && !this.fence.store(key, lease, value)) {
			this.counters.refused.increment();
		}
		return value;
	}

	private @Nullable Object load(Object key, NearKey nearKey, Callable<?> loader) {
		while (true) {
			Flight flight = new Flight();
			Flight running = flight.run(() -> {
				Flight earlier = this.fence.join(nearKey, flight);
				if (earlier == null) {
					load(flight, key, nearKey, loader);
				}
				return earlier;
			});
			if (running == null) {
				return flight.result();
			}
			try {
				return running.await();
			}
			catch (Flight.Failure ex) {
				if (!ex.isRefusedWait()) {
					throw failure(key, loader, ex.thrown());
				}
			}
		}
	}

	private void load(Flight flight, Object key, NearKey nearKey, Callable<?> loader) {
		try {
			await(this.handedOver.of(nearKey));
			Object result;
			Lease lease = this.fence.lease(nearKey);
			try {
				result = found(nearKey, lease, this.second.get(nearKey));
				if (result == null) {
					result = storeLoaded(key, nearKey, lease, call(key, loader));
				}
			}
			finally {
				this.fence.release(nearKey, lease);
			}
			flight.complete(result);
		}
		catch (Throwable ex) {
			flight.fail(ex);
			throw ex;
		}
		finally {
			this.fence.land(nearKey, flight);
		}
	}

	/** Return what a caller throws that joined a load which threw. */
	private static RuntimeException failure(Object key, Callable<?> loader, Throwable thrown) {
		if (thrown instanceof ValueRetrievalException failure) {
			return new ValueRetrievalException(key, loader,
					(failure.getCause() != null) ? failure.getCause() : failure);
		}
		return unwrapped(thrown);
	}

	private static @Nullable Object call(Object key, Callable<?> loader) {
		try {
			return loader.call();
		}
		catch (Exception ex) {
			throw new ValueRetrievalException(key, loader, ex);
		}
	}

	/** Store a loaded value in the second level if its lease is still valid. */
	private Object storeLoaded(Object key, NearKey nearKey, Lease lease, @Nullable Object loaded) {
		Object storeValue = toStoreValue(loaded);
		byte[] bytes = this.second.serialize(storeValue);
		Object result = share(nearKey, bytes, storeValue);
		CompletableFuture<Void> write = new CompletableFuture<>();
		if (!this.fence.ifValid(nearKey, lease, () -> this.stores.begin(nearKey, write))) {
			this.counters.refused.increment();
			return result;
		}
		try {
			this.second.put(nearKey, key, loaded, bytes);
		}
		finally {
			this.stores.end(nearKey, write);
			dropOwn(nearKey);
		}
		return result;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // every failure ends the flight
	private void loadAsync(Object key, NearKey nearKey, Flight flight,
			Supplier<? extends CompletableFuture<?>> loader) {
		written(nearKey).thenCompose((nothing) -> {
			Lease lease = this.fence.lease(nearKey);
			return readAsync(nearKey, lease)
				.thenCompose((found) -> (found != null) ? CompletableFuture.<@Nullable Object>completedFuture(found)
						: Objects.requireNonNull(flight.run(loader), "the loader returned no future")
							.thenApplyAsync((loaded) -> (@Nullable Object) storeLoaded(key, nearKey, lease, loaded),
									this.executor))
				.whenComplete((result, failure) -> this.fence.release(nearKey, lease));
		}).whenCompleteAsync((result, failure) -> {
			this.fence.land(nearKey, flight);
			if (failure != null) {
				flight.fail(causeOf(failure));
			}
			else {
				flight.complete(result);
			}
		}, this.executor);
	}

	/** Return a future that completes when the handed-over writes of a key have ended. */
	private CompletableFuture<Void> written(NearKey key) {
		return bothOf(this.handedOver.of(key), null);
	}

	/**
	 * Write one key. Its entry, leases and loads in progress are dropped before and
	 * after.
	 */
	private boolean write(NearKey key, BooleanSupplier operation) {
		this.fence.drop(key);
		this.counters.own.increment();
		BooleanSupplier guarded = () -> {
			try {
				return operation.getAsBoolean();
			}
			finally {
				this.fence.drop(key);
			}
		};
		if (this.second.mayBlock()) {
			await(this.stores.of(key));
			await(this.handedOver.of(key));
			return guarded.getAsBoolean();
		}
		CompletableFuture<Void> write = new CompletableFuture<>();
		CompletableFuture<Void> before = bothOf(this.stores.of(key), this.handedOver.of(key));
		this.handedOver.begin(key, write);
		handOver(before, guarded, () -> this.handedOver.end(key, write));
		return false;
	}

	private boolean clearNow() {
		try {
			return this.second.clear();
		}
		finally {
			this.fence.dropAll();
		}
	}

	/** Hand a write to another thread. Nobody waits for it, so its failure is logged. */
	@SuppressWarnings("FutureReturnValueIgnored") // a failure is logged here
	private void handOver(CompletableFuture<Void> before, BooleanSupplier operation, Runnable ended) {
		before.thenApplyAsync((nothing) -> operation.getAsBoolean(), this.executor).whenComplete((done, failure) -> {
			ended.run();
			if (failure != null) {
				NearCacheManager.logger.error(
						"A write of the near cache '%s' failed in the background".formatted(getName()),
						causeOf(failure));
			}
		});
	}

	private void dropOwn(NearKey key) {
		this.fence.drop(key);
		this.counters.own.increment();
	}

	private @Nullable Object decode(NearKey key, byte[] bytes) {
		Content content = new Content(key, bytes);
		Object value = this.instances.find(content);
		if (value == null) {
			value = this.second.deserialize(bytes);
			if (value != null && !(value instanceof NullValue)) {
				value = this.instances.share(content, value);
			}
		}
		return value;
	}

	private Object share(NearKey key, byte[] bytes, Object storeValue) {
		return (storeValue instanceof NullValue) ? storeValue
				: this.instances.shareOwn(new Content(key, bytes), storeValue);
	}

	private void requireBlocking(String operation) {
		if (!this.second.mayBlock()) {
			throw new IllegalStateException(
					"%s waits for the second level of cache '%s', and this thread must not block: call it on another thread"
						.formatted(operation, getName()));
		}
	}

	private static void await(@Nullable CompletableFuture<Void> write) {
		if (write != null) {
			write.join();
		}
	}

	private static CompletableFuture<Void> bothOf(@Nullable CompletableFuture<Void> one,
			@Nullable CompletableFuture<Void> other) {
		CompletableFuture<Void> none = CompletableFuture.completedFuture(null);
		return CompletableFuture.allOf((one != null) ? one : none, (other != null) ? other : none);
	}

	private static Throwable causeOf(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	private static RuntimeException unwrapped(Throwable failure) {
		Throwable cause = causeOf(failure);
		if (cause instanceof Error error) {
			throw error;
		}
		return (cause instanceof RuntimeException runtime) ? runtime : new CompletionException(cause);
	}

	/**
	 * Handles the changes that the second level reports.
	 */
	private final class Changes implements NearInvalidation.Listener {

		@Override
		public void changed(NearKey key) {
			NearCache.this.fence.drop(key);
			NearCache.this.counters.pushed.increment();
		}

		@Override
		public void flush(Predicate<? super NearKey> keys) {
			NearCache.this.fence.dropAll(keys);
			NearCache.this.counters.flushed.increment();
		}

		@Override
		public void flush() {
			NearCache.this.fence.dropAll();
			NearCache.this.counters.flushed.increment();
		}

	}

}
