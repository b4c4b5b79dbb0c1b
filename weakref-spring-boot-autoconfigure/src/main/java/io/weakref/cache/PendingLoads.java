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
 * The loads into one dictionary, blocking and asynchronous, and what ends them early.
 *
 * <h2>Who waits</h2>
 *
 * A blocking load runs in {@code computeIfAbsent} of the dictionary, which reserves the
 * key: blocking loads of one key run once for all, and writers of the key wait for the
 * loader. An asynchronous load waits for nobody. It therefore writes to the dictionary
 * only where no blocking load of its key is loading, and leaves its value to that load
 * otherwise: the future of the caller ends at once, {@link #find} finds the value, and
 * the blocking load stores it as the value of the key before it returns. Loads of the two
 * kinds do not share a loader, since a blocking load that waits for an asynchronous one,
 * or the other way round, could wait for itself without anybody noticing.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 * <li>At most one asynchronous load of a key is running: loading, waiting or
 * storing.</li>
 * <li>A value is stored only while its key is reserved in the dictionary, by a load that
 * went from loading, or waiting, to storing under that reservation and was not forgotten
 * before. So whoever forgets the loads of a key that are not storing, waits for those
 * that are, which takes no loader, and then removes the key from the dictionary finds
 * nothing afterwards that was loaded before. The removal itself would wait for a blocking
 * load that has the key; where there is one, the dictionary has no value of the key, and
 * that load was told to store none.</li>
 * <li>An asynchronous load says that it is waiting, and that its key is about to be
 * reserved, before it looks for a blocking one. A blocking load is in its table before it
 * looks for one that is waiting, and says that it is storing before it looks again.
 * Between each saying and looking is a full fence. So either the asynchronous load leaves
 * its value to the blocking one, which takes it, or it reserves the key itself, and then
 * a blocking load that has reserved the key before does not call its loader: it takes the
 * value, or frees the key and tries again if that value has been forgotten.</li>
 * <li>A load that is waiting or storing stays in its table until its value is in the
 * dictionary or cannot be stored. Whoever leaves a blocking load looks for one that is
 * still waiting (the loader may have thrown, or been forgotten) and stores it.</li>
 * <li>No code of the user runs under a lock. What throws ends the load that it belongs
 * to.</li>
 * </ol>
 */
final class PendingLoads {

	private final WeakValueDictionary<Object, Object> dictionary;

	private final LoadTable<AsynchronousLoad> asynchronous = new LoadTable<>();

	private final LoadTable<BlockingLoad> blocking = new LoadTable<>();

	private final LoadTable<Deposit> deposits = new LoadTable<>();

	/** How many values were stored; raised before their loads leave the table. */
	private final AtomicLong stored = new AtomicLong();

	/** How many of those had been left to a blocking load. */
	private final AtomicLong storedLate = new AtomicLong();

	PendingLoads(WeakValueDictionary<Object, Object> dictionary) {
		this.dictionary = dictionary;
	}

	WeakValueDictionary<Object, Object> dictionary() {
		return this.dictionary;
	}

	/**
	 * Find the live value of a key, or the one that is to be stored.
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

	/** The value of a load that has ended and is not in the dictionary yet. */
	@Nullable Object waiting(Object key) {
		VarHandle.fullFence();
		AsynchronousLoad load = this.asynchronous.find(key);
		return (load != null) ? load.value() : null;
	}

	/**
	 * Find the live value of a key, or load it on this thread, or wait for another one
	 * that does.
	 * @param key the key
	 * @param loader gives the value
	 * @return the value; {@code null} if the loader gave {@code null}
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
				// Without a call: the stack may have no room for one
				if (load.called) {
					load.state = BlockingLoad.State.OVER;
					leave(load);
				}
			}
			Thread.yield();
		}
	}

	/**
	 * Make a blocking load known, whose key is reserved in the dictionary.
	 * @return the value of a load that waits until the key is free: to be stored instead
	 */
	@Nullable Object begin(BlockingLoad load) {
		this.blocking.add(load);
		return waiting(load.key);
	}

	/** Whether somebody else is about to reserve a key, and to free it soon. */
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
			// Those who wait for it have the value, and here it concerns nobody.
			if (left != null) {
				left.forget();
			}
		}
		if (left != null && !left.isRunning()) {
			this.asynchronous.remove(left);
		}
	}

	/**
	 * Find the live value of a key, or join its load, or begin one.
	 * @param key the key
	 * @param loader starts the load, outside every lock
	 * @return a future that nobody else has
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
					throw new IllegalStateException("Recursive load: a loader may not wait for the key it loads");
				}
				return running.follow();
			}
			// A load of this key may have ended since the lookup; then look once more.
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
	 * @return the value that everybody gets: one that was put meanwhile stays
	 */
	private Object deposit(AsynchronousLoad load, Object value) {
		Deposit deposit = new Deposit(load.key);
		this.deposits.add(deposit);
		try {
			VarHandle.fullFence();
			return (this.blocking.find(load.key) != null) ? value : store(load, value);
		}
		finally {
			// First without a call: the stack may have no room for one
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
	 * Remove a key, and keep its loads from storing their values. Waits for no loader
	 * that is known here.
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
	 * Remove every key, and keep every load from storing its value.
	 */
	void clear() {
		this.asynchronous.forEach(this::forget);
		List<BlockingLoad> forgotten = new ArrayList<>();
		this.blocking.forEach((load) -> {
			forget(load);
			forgotten.add(load);
		});
		this.dictionary.clear();
		// Their keys are reserved no more: nobody has to wait for their loaders
		forgotten.forEach(this.blocking::remove);
	}

	/** Returns whether there was a value that waited. */
	private boolean forget(AsynchronousLoad load) {
		boolean waiting = load.forget();
		load.awaitStored();
		if (!load.isRunning()) {
			this.asynchronous.remove(load);
		}
		return waiting;
	}

	/** Returns whether the load goes on. */
	private static boolean forget(BlockingLoad load) {
		boolean running = load.forget();
		load.awaitStored();
		return running;
	}

	/** Somebody is about to reserve a key in order to store a value. */
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

	/** Stores the value of a load where there is none. */
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
