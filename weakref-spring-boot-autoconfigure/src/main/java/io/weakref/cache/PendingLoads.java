package io.weakref.cache;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * The loads into one dictionary, blocking and asynchronous, and the operations that end
 * them early.
 *
 * <h2>Who waits</h2>
 *
 * A blocking load runs in {@code computeIfAbsent} of the dictionary, which reserves the
 * key: one blocking load of a key runs for all callers, and writers of the key wait for
 * its loader. An asynchronous load never waits. It therefore writes to the dictionary
 * only if no blocking load of its key is loading. Otherwise it leaves its value to that
 * load: the future of the caller completes immediately, {@link #find} returns the value,
 * and the blocking load stores it as the value of the key before it returns. Blocking and
 * asynchronous loads do not share a loader: if one kind waited for the other, a load
 * could wait for itself and the deadlock would not be detected.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 * <li>At most one asynchronous load of a key is running: loading, waiting or
 * storing.</li>
 * <li>A value is stored only while its key is reserved in the dictionary, by a load that
 * went from loading, or waiting, to storing under that reservation and was not forgotten
 * before. An eviction forgets the loads of the key that are not storing, waits for those
 * that are, which run no loader, and then removes the key from the dictionary. So
 * afterwards no value is found that was loaded before. The removal itself would wait for
 * a blocking load that has reserved the key. In that case it is skipped: the dictionary
 * has no value for the key, and that load will not store one.</li>
 * <li>An asynchronous load publishes that it is waiting, and that it is about to reserve
 * its key, before it looks for a blocking load. A blocking load is in its table before it
 * looks for a load that is waiting, and publishes that it is storing before it looks
 * again. A full fence separates each publication from the lookup. So either the
 * asynchronous load leaves its value to the blocking one, which takes it, or it reserves
 * the key itself, and then a blocking load that has reserved the key before does not call
 * its loader: it takes the value, or it releases the key and tries again if that value
 * has been forgotten.</li>
 * <li>A load that is waiting or storing stays in its table until its value is in the
 * dictionary or cannot be stored. When a blocking load ends, its thread looks for a load
 * that is still waiting (because the loader has thrown, or the blocking load was
 * forgotten) and stores its value.</li>
 * <li>No user code runs under a lock. An exception of user code ends the load that called
 * it.</li>
 * </ol>
 */
final class PendingLoads {

	private final WeakValueDictionary<Object, Object> dictionary;

	private final LoadTable<AsynchronousLoad> asynchronous = new LoadTable<>();

	private final LoadTable<BlockingLoad> blocking = new LoadTable<>();

	private final LoadTable<Deposit> deposits = new LoadTable<>();

	/** How many values were stored. Incremented before their loads leave the table. */
	private final AtomicLong stored = new AtomicLong();

	/** How many values had been left to a blocking load and were stored when it ended. */
	private final AtomicLong storedLate = new AtomicLong();

	PendingLoads(WeakValueDictionary<Object, Object> dictionary) {
		this.dictionary = dictionary;
	}

	WeakValueDictionary<Object, Object> dictionary() {
		return this.dictionary;
	}

	/**
	 * Return the live value of a key, or the value that is about to be stored.
	 */
	@Nullable Object find(Object key) {
		long storedBefore = this.storedLate.get();
		Object value = this.dictionary.get(key);
		if (value == null) {
			value = waiting(key);
		}
		if (value == null && this.storedLate.get() != storedBefore) {
			value = this.dictionary.get(key);
		}
		return value;
	}

	/** Return the value of a load that has ended but is not in the dictionary yet. */
	@Nullable Object waiting(Object key) {
		VarHandle.fullFence();
		AsynchronousLoad load = this.asynchronous.find(key);
		return (load != null) ? load.value() : null;
	}

	/**
	 * Return the live value of a key, or load it on this thread, or wait for another
	 * thread that loads it.
	 * @param key the key
	 * @param loader returns the value
	 * @return the value; {@code null} if the loader returned {@code null}
	 */
	@Nullable Object get(Object key, Callable<?> loader) {
		while (true) {
			BlockingLoad load = new BlockingLoad(this, key, loader);
			try {
				Object value = this.dictionary.computeIfAbsent(key, load);
				if (!load.called) {
					return value;
				}
				if (!load.madeWay) {
					return load.result();
				}
			}
			finally {
				// An assignment: the stack may have no room for a call
				if (load.called) {
					load.state = BlockingLoad.State.OVER;
					leave(load);
				}
			}
			Thread.yield();
		}
	}

	/**
	 * Register a blocking load that has reserved its key in the dictionary.
	 * @return the value of a load that waits for the key, to be stored instead
	 */
	@Nullable Object begin(BlockingLoad load) {
		this.blocking.add(load);
		return waiting(load.key);
	}

	/** Return whether another thread is about to reserve a key for a moment. */
	boolean isInDemand(Object key) {
		return this.deposits.find(key) != null;
	}

	private void leave(BlockingLoad load) {
		AsynchronousLoad left = null;
		try {
			this.blocking.remove(load);
			VarHandle.fullFence();
			left = this.asynchronous.find(load.key);
			Object value = (left != null) ? left.value() : null;
			if (left != null && value != null) {
				deposit(left, value);
				this.storedLate.incrementAndGet();
			}
		}
		catch (Throwable ex) {
			// The callers of that load already have its value, so the failure concerns
			// none of them.
			if (left != null) {
				left.forget();
			}
		}
		if (left != null && !left.isRunning()) {
			this.asynchronous.remove(left);
		}
	}

	/**
	 * Return the live value of a key, or join its load, or start one.
	 * @param key the key
	 * @param loader starts the load, outside every lock
	 * @return a new future
	 */
	CompletableFuture<@Nullable Object> retrieve(Object key, Supplier<? extends CompletableFuture<?>> loader) {
		AsynchronousLoad load = null;
		boolean begun = false;
		try {
			long storedBefore = this.stored.get();
			Object value = this.dictionary.get(key);
			if (value != null) {
				return CompletableFuture.completedFuture(value);
			}
			load = new AsynchronousLoad(key);
			AsynchronousLoad running = this.asynchronous.addIfAbsent(load);
			if (running != null) {
				begun = true;
				if (running.isStartedByCurrentThread()) {
					throw new IllegalStateException(
							"Recursive load: a loader must not wait for the key that it is loading");
				}
				return running.follow();
			}
			// A load of this key may have ended since the lookup. In that case look
			// again.
			value = (this.stored.get() != storedBefore) ? this.dictionary.get(key) : null;
			if (value != null) {
				end(load, value);
			}
			else {
				begin(load, loader);
			}
			begun = true;
			return load.follow();
		}
		catch (Throwable ex) {
			if (load != null && !begun) {
				end(load, ex);
				begun = true;
			}
			return CompletableFuture.failedFuture(ex);
		}
		finally {
			if (load != null && !begun) {
				load.state = AsynchronousLoad.State.OVER;
			}
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // loaded() passes every failure on
	private void begin(AsynchronousLoad load, Supplier<? extends CompletableFuture<?>> loader) {
		load.starting(Thread.currentThread());
		try {
			loader.get().whenComplete((value, error) -> loaded(load, value, error));
		}
		finally {
			load.starting(null);
		}
	}

	private void loaded(AsynchronousLoad load, @Nullable Object value, @Nullable Throwable error) {
		boolean ended = false;
		try {
			if (error != null) {
				end(load, error);
			}
			else if (value != null && load.loaded(value)) {
				Object kept = deposit(load, value);
				if (!load.isRunning()) {
					this.asynchronous.remove(load);
				}
				load.complete(kept);
			}
			else {
				end(load, value);
			}
			ended = true;
		}
		catch (Throwable ex) {
			end(load, ex);
			ended = true;
		}
		finally {
			if (!ended) {
				load.state = AsynchronousLoad.State.OVER;
			}
		}
	}

	private void end(AsynchronousLoad load, @Nullable Object value) {
		load.forget();
		this.asynchronous.remove(load);
		load.complete(value);
	}

	private void end(AsynchronousLoad load, Throwable failure) {
		load.forget();
		this.asynchronous.remove(load);
		load.fail(failure);
	}

	/**
	 * Store a value, or leave it to a blocking load of its key.
	 * @return the value for all callers: if another one was put in the meantime, that one
	 */
	private Object deposit(AsynchronousLoad load, Object value) {
		Deposit deposit = new Deposit(load.key);
		this.deposits.add(deposit);
		try {
			VarHandle.fullFence();
			return (this.blocking.find(load.key) != null) ? value : store(load, value);
		}
		finally {
			// An assignment comes first: the stack may have no room for a call
			deposit.over = true;
			this.deposits.remove(deposit);
		}
	}

	private Object store(AsynchronousLoad load, Object value) {
		Store store = new Store(load, value);
		try {
			Object kept = this.dictionary.compute(load.key, store);
			this.stored.incrementAndGet();
			return (kept != null) ? kept : value;
		}
		finally {
			if (store.first) {
				load.state = AsynchronousLoad.State.OVER;
			}
		}
	}

	/**
	 * Remove a key, and prevent its loads from storing their values. Waits for no loader
	 * of this cache.
	 * @return whether there was a live value
	 */
	boolean evict(Object key) {
		AtomicBoolean live = new AtomicBoolean();
		this.asynchronous.forEach(key, (load) -> {
			if (forget(load)) {
				live.set(true);
			}
		});
		AtomicBoolean reserved = new AtomicBoolean();
		this.blocking.forEach(key, (load) -> {
			if (forget(load)) {
				reserved.set(true);
			}
		});
		if (reserved.get() && !this.dictionary.containsKey(key)) {
			return live.get();
		}
		return this.dictionary.remove(key) != null || live.get();
	}

	/**
	 * Remove every key, and prevent every load from storing its value.
	 */
	void clear() {
		this.asynchronous.forEach(this::forget);
		List<BlockingLoad> forgotten = new ArrayList<>();
		this.blocking.forEach((load) -> {
			forget(load);
			forgotten.add(load);
		});
		this.dictionary.clear();
		// Their keys are no longer reserved, so no caller has to wait for their loaders
		forgotten.forEach(this.blocking::remove);
	}

	/** Return whether a value was waiting to be stored. */
	private boolean forget(AsynchronousLoad load) {
		boolean waiting = load.forget();
		load.awaitStored();
		if (!load.isRunning()) {
			this.asynchronous.remove(load);
		}
		return waiting;
	}

	/** Return whether the loader is still running. */
	private static boolean forget(BlockingLoad load) {
		boolean running = load.forget();
		load.awaitStored();
		return running;
	}

	/** Says that a thread is about to reserve a key in order to store a value. */
	private static final class Deposit extends Load {

		private volatile boolean over;

		Deposit(Object key) {
			super(key);
		}

		@Override
		boolean isRunning() {
			return !this.over;
		}

		@Override
		@Nullable Thread storer() {
			return null;
		}

	}

	/** Stores the value of a load if the key has none. */
	private static final class Store implements BiFunction<Object, @Nullable Object, @Nullable Object> {

		private final AsynchronousLoad load;

		private final Object value;

		private boolean first;

		Store(AsynchronousLoad load, Object value) {
			this.load = load;
			this.value = value;
		}

		@Override
		public @Nullable Object apply(Object key, @Nullable Object present) {
			this.first = this.load.store();
			return (present != null || !this.first) ? present : this.value;
		}

	}

}
