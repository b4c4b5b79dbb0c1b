package io.weakref.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * A load that nobody waits for with a thread. It is <em>loading</em> until its value is
 * there, then <em>storing</em> until that value is in the dictionary, and <em>over</em>
 * after that; it is over at once where there is nothing to store, and when its key is
 * evicted or the cache cleared.
 */
final class AsynchronousLoad extends Load {

	private static final AtomicReferenceFieldUpdater<AsynchronousLoad, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(AsynchronousLoad.class, State.class, "state");

	/** Set to over by a plain store where the stack may have no room for a call. */
	volatile State state = State.LOADING;

	private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

	/** Written before the state says storing. */
	private @Nullable Object value;

	/** The thread that is in the code that starts this load. */
	private @Nullable Thread starter;

	AsynchronousLoad(Object key) {
		super(key);
	}

	@Override
	boolean isOver() {
		return this.state == State.OVER;
	}

	void starting(@Nullable Thread thread) {
		this.starter = thread;
	}

	boolean isStartedByCurrentThread() {
		return this.starter == Thread.currentThread();
	}

	/**
	 * Go from loading to storing.
	 * @return false if this load has been forgotten
	 */
	boolean loaded(Object value) {
		this.value = value;
		return STATE.compareAndSet(this, State.LOADING, State.STORING);
	}

	/** The value while it is to be stored. */
	@Nullable Object storing() {
		return (this.state == State.STORING) ? this.value : null;
	}

	/**
	 * End the storing. The caller has reserved the key in the dictionary.
	 * @return false if this load has been forgotten, or is stored already
	 */
	boolean stored() {
		return STATE.compareAndSet(this, State.STORING, State.OVER);
	}

	/**
	 * Have nothing stored that is not stored by now.
	 * @return whether there was a value to store
	 */
	boolean forget() {
		return STATE.getAndSet(this, State.OVER) == State.STORING;
	}

	void complete(@Nullable Object value) {
		this.result.complete(value);
	}

	void fail(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

	/**
	 * A future of the caller's own. Unlike {@code copy()}, it gets an exception as it is.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // nothing is thrown there
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

		LOADING, STORING, OVER

	}

}
