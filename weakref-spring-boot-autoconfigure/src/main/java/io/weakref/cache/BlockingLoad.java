package io.weakref.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueRetrievalException;

/**
 * A load that runs on the thread of its caller, who has reserved the key in the
 * dictionary for it. It is <em>loading</em>, perhaps <em>forgotten</em> meanwhile, then
 * <em>storing</em>, as soon as the loader has returned, and <em>over</em> when the
 * dictionary has the value.
 */
final class BlockingLoad extends Load implements Function<Object, @Nullable Object> {

	private static final AtomicReferenceFieldUpdater<BlockingLoad, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(BlockingLoad.class, State.class, "state");

	private final PendingLoads loads;

	private final Callable<?> loader;

	private final Thread owner = Thread.currentThread();

	/** Set to over by a plain store where the stack may have no room for a call. */
	volatile State state = State.LOADING;

	/** Whether the dictionary had no value, so that this load has the result. */
	boolean called;

	/** Whether this load has given way before it called its loader. */
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

	/** What the caller gets, whether or not it is stored. */
	@Nullable Object result() {
		return this.result;
	}

	/**
	 * Keep the value from being stored.
	 * @return false if the loader has returned, so that the value may be stored
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
