package io.weakref.cache;

import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
 * <li>At most one asynchronous load of a key is loading or storing.</li>
 * <li>A value is stored only while the key is reserved in the dictionary, and only if the
 * load is not forgotten at a moment at which the key is reserved: see
 * {@link AsynchronousLoad#stored()} and {@link BlockingLoad#apply}. To forget a load, and
 * then to remove the key from the dictionary if the load was over already, is therefore
 * enough to keep its value from being found afterwards: the removal waits until the key
 * is free, which takes no loader.</li>
 * <li>An asynchronous load says that it is storing before it looks for a blocking one. A
 * blocking load is in its table before it looks for one that is storing, and says that it
 * is over before it looks again. Between each saying and looking is a full fence. So
 * either the asynchronous load leaves its value to the blocking one, which takes it, or
 * it reserves the key itself, and then a blocking load that has reserved the key before
 * takes the value rather than call its loader.</li>
 * <li>A load that is storing stays in its table until its value is in the dictionary or
 * cannot be stored. Whoever leaves a blocking load looks for one that is still storing
 * (the loader may have thrown, or been forgotten) and stores it.</li>
 * <li>No code of the user runs under a lock, and nothing but user code and the dictionary
 * can throw: what throws ends the load that it belongs to.</li>
 * </ol>
 */
final class PendingLoads {

	private final WeakValueDictionary<Object, Object> dictionary;

	private final LoadTable<AsynchronousLoad> asynchronous = new LoadTable<>();

	private final LoadTable<BlockingLoad> blocking = new LoadTable<>();

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
			value = storing(key);
		}
		if (value == null && this.storedLate.get() != storedBefore) {
			value = this.dictionary.get(key);
		}
		return value;
	}

	/** The value of a load that has ended and is not stored yet. */
	@Nullable Object storing(Object key) {
		VarHandle.fullFence();
		AsynchronousLoad load = this.asynchronous.find(key);
		return (load != null) ? load.storing() : null;
	}

	/**
	 * Find the live value of a key, or load it on this thread, or wait for another one
	 * that does.
	 * @param key the key
	 * @param loader gives the value
	 * @return the value; {@code null} if the loader gave {@code null}
	 */
	@Nullable Object get(Object key, Callable<?> loader) {
		BlockingLoad load = new BlockingLoad(this, key, loader);
		try {
			Object value = this.dictionary.computeIfAbsent(key, load);
			return load.wasCalled() ? load.result() : value;
		}
		finally {
			if (load.wasCalled()) {
				load.state = BlockingLoad.State.OVER;
				leave(load);
			}
		}
	}

	/**
	 * Make a blocking load known, whose key is reserved in the dictionary.
	 * @return the value of a load that waits until the key is free: to be stored instead
	 */
	@Nullable Object begin(BlockingLoad load) {
		this.blocking.add(load);
		return storing(load.key);
	}

	private void leave(BlockingLoad load) {
		AsynchronousLoad left = null;
		try {
			this.blocking.remove(load);
			VarHandle.fullFence();
			left = this.asynchronous.find(load.key);
			Object value = (left != null) ? left.storing() : null;
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
		if (left != null && left.isOver()) {
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
				if (load.isOver()) {
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
		VarHandle.fullFence();
		return (this.blocking.find(load.key) != null) ? value : store(load, value);
	}

	private Object store(AsynchronousLoad load, Object value) {
		Object kept = this.dictionary.compute(load.key, (key, present) -> {
			boolean first = load.stored();
			return (present != null || !first) ? present : value;
		});
		this.stored.incrementAndGet();
		return (kept != null) ? kept : value;
	}

	/**
	 * Remove a key, and keep its loads from storing their values. Waits for a blocking
	 * load only where that one has its value.
	 * @return whether there was a live value
	 */
	boolean evict(Object key) {
		AsynchronousLoad load = this.asynchronous.find(key);
		boolean live = false;
		if (load != null) {
			live = load.forget();
			this.asynchronous.remove(load);
		}
		BlockingLoad running = this.blocking.find(key);
		if (running != null && running.forget() && !this.dictionary.containsKey(key)) {
			return live;
		}
		return this.dictionary.remove(key) != null || live;
	}

	/**
	 * Remove every key, and keep every load from storing its value.
	 */
	void clear() {
		this.asynchronous.forEach((load) -> {
			load.forget();
			this.asynchronous.remove(load);
		});
		this.blocking.forEach(BlockingLoad::forget);
		this.dictionary.clear();
	}

}
