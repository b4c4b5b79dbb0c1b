package io.weakref.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueRetrievalException;

/**
 * A load that runs on the thread of its caller, who has reserved the key in the
 * dictionary for it. It is <em>loading</em>, perhaps <em>forgotten</em> meanwhile, and
 * <em>over</em> as soon as the loader has returned: from then on nobody who waits for the
 * key waits for a loader.
 */
final class BlockingLoad extends Load implements Function<Object, @Nullable Object> {

	private static final AtomicReferenceFieldUpdater<BlockingLoad, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(BlockingLoad.class, State.class, "state");

	private final PendingLoads loads;

	private final Callable<?> loader;

	/** Set to over by a plain store where the stack may have no room for a call. */
	volatile State state = State.LOADING;

	private boolean called;

	private @Nullable Object result;

	BlockingLoad(PendingLoads loads, Object key, Callable<?> loader) {
		super(key);
		this.loads = loads;
		this.loader = loader;
	}

	@Override
	boolean isOver() {
		return this.state == State.OVER;
	}

	/** Whether the dictionary had no value, so that this load has the result. */
	boolean wasCalled() {
		return this.called;
	}

	/** What the caller gets, whether or not it is stored. */
	@Nullable Object result() {
		return this.result;
	}

	/**
	 * Keep the value from being stored.
	 * @return false if the loader has returned: then the value may be stored, and whoever
	 * waits for the key does not wait for a loader
	 */
	boolean forget() {
		return STATE.compareAndSet(this, State.LOADING, State.FORGOTTEN) || this.state == State.FORGOTTEN;
	}

	/**
	 * Called by the dictionary while the key is reserved.
	 * @return the value to store, {@code null} for none
	 */
	@Override
	public @Nullable Object apply(Object key) {
		this.called = true;
		Object earlier = this.loads.begin(this);
		this.result = (earlier != null) ? earlier : load(key);
		if (STATE.getAndSet(this, State.OVER) == State.FORGOTTEN) {
			return null;
		}
		if (earlier == null) {
			earlier = this.loads.storing(key);
			this.result = (earlier != null) ? earlier : this.result;
		}
		return this.result;
	}

	private @Nullable Object load(Object key) {
		try {
			return this.loader.call();
		}
		catch (Exception ex) {
			throw new ValueRetrievalException(key, this.loader, ex);
		}
	}

	enum State {

		LOADING, FORGOTTEN, OVER

	}

}
