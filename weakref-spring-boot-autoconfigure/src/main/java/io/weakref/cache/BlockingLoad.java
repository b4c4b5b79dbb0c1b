package io.weakref.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueRetrievalException;

/**
 * A load that runs on the thread of its caller, which has reserved the key in the
 * dictionary. It is <em>loading</em>, possibly <em>forgotten</em> before the loader
 * returns, then <em>storing</em>, and <em>over</em> once the dictionary has the value.
 */
final class BlockingLoad extends Load implements Function<Object, @Nullable Object> {

	private static final AtomicReferenceFieldUpdater<BlockingLoad, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(BlockingLoad.class, State.class, "state");

	private final PendingLoads loads;

	private final Callable<?> loader;

	private final Thread owner = Thread.currentThread();

	/** Also set to over by assignment, where the stack may have no room for a call. */
	volatile State state = State.LOADING;

	/** Whether the dictionary called this load because it had no value. */
	boolean called;

	/** Whether this load gave way to another one before it called its loader. */
	boolean madeWay;

	private @Nullable Object result;

	BlockingLoad(PendingLoads loads, Object key, Callable<?> loader) {
		super(key);
		this.loads = loads;
		this.loader = loader;
	}

	@Override
	boolean isRunning() {
		State state = this.state;
		return state == State.LOADING || state == State.FORGOTTEN;
	}

	@Override
	@Nullable Thread storer() {
		return (this.state == State.STORING) ? this.owner : null;
	}

	/** Return the result for the caller, whether or not it is stored. */
	@Nullable Object result() {
		return this.result;
	}

	/**
	 * Prevent the value from being stored.
	 * @return false if the loader has returned, so that the value may be stored
	 */
	boolean forget() {
		return STATE.compareAndSet(this, State.LOADING, State.FORGOTTEN) || this.state == State.FORGOTTEN;
	}

	/**
	 * Called by the dictionary while the key is reserved.
	 * @return the value to store, or {@code null} to store none
	 */
	@Override
	public @Nullable Object apply(Object key) {
		this.called = true;
		Object earlier = this.loads.begin(this);
		if (earlier == null && this.loads.isInDemand(key)) {
			this.madeWay = true;
			return null;
		}
		this.result = (earlier != null) ? earlier : load(key);
		if (STATE.getAndSet(this, State.STORING) == State.FORGOTTEN) {
			return null;
		}
		if (earlier == null) {
			earlier = this.loads.waiting(key);
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

		LOADING, FORGOTTEN, STORING, OVER

	}

}
