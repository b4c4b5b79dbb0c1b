package io.weakref.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * A load that blocks no thread. It is <em>loading</em> until its value is available, then
 * <em>waiting</em> until the key is reserved in the dictionary, then <em>storing</em>,
 * and finally <em>over</em>. It is over immediately if there is nothing to store, or if
 * its key is evicted or the cache is cleared before it is storing.
 */
final class AsynchronousLoad extends Load {

	private static final AtomicReferenceFieldUpdater<AsynchronousLoad, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(AsynchronousLoad.class, State.class, "state");

	private static final AtomicReferenceFieldUpdater<AsynchronousLoad, @Nullable Thread> STORER = AtomicReferenceFieldUpdater
		.newUpdater(AsynchronousLoad.class, Thread.class, "storer");

	/** Also set to over by assignment, where the stack may have no room for a call. */
	volatile State state = State.LOADING;

	private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

	/** Written before the state becomes waiting. */
	private @Nullable Object value;

	/** Written before the state becomes storing. */
	private volatile @Nullable Thread storer;

	/** The thread that is currently running the code that starts this load. */
	private @Nullable Thread starter;

	AsynchronousLoad(Object key) {
		super(key);
	}

	@Override
	boolean isRunning() {
		return this.state != State.OVER;
	}

	@Override
	@Nullable Thread storer() {
		return (this.state == State.STORING) ? this.storer : null;
	}

	void starting(@Nullable Thread thread) {
		this.starter = thread;
	}

	boolean isStartedByCurrentThread() {
		return this.starter == Thread.currentThread();
	}

	/**
	 * Change the state from loading to waiting.
	 * @return false if this load has been forgotten
	 */
	boolean loaded(Object value) {
		this.value = value;
		return STATE.compareAndSet(this, State.LOADING, State.WAITING);
	}

	/** Return the loaded value until it is in the dictionary, otherwise null. */
	@Nullable Object value() {
		State state = this.state;
		return (state == State.WAITING || state == State.STORING) ? this.value : null;
	}

	/**
	 * Change the state from waiting to storing. The caller has reserved the key in the
	 * dictionary.
	 * @return false if this load has been forgotten, or if another thread is storing or
	 * has stored its value
	 */
	boolean store() {
		return STORER.compareAndSet(this, null, Thread.currentThread())
				&& STATE.compareAndSet(this, State.WAITING, State.STORING);
	}

	/**
	 * Prevent the value from being stored, unless it is just being stored.
	 * @return whether there was a value to store
	 */
	boolean forget() {
		return STATE.compareAndSet(this, State.WAITING, State.OVER)
				|| (!STATE.compareAndSet(this, State.LOADING, State.OVER)
						&& STATE.compareAndSet(this, State.WAITING, State.OVER));
	}

	void complete(@Nullable Object value) {
		this.result.complete(value);
	}

	void fail(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

	/**
	 * Return a new future of the result. Unlike that of {@code copy()}, it fails with the
	 * exception itself, not wrapped.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the action throws nothing
	CompletableFuture<@Nullable Object> follow() {
		CompletableFuture<@Nullable Object> follower = new CompletableFuture<>();
		this.result.whenComplete((value, error) -> {
			if (error != null) {
				follower.completeExceptionally(error);
			}
			else {
				follower.complete(value);
			}
		});
		return follower;
	}

	enum State {

		LOADING, WAITING, STORING, OVER

	}

}
