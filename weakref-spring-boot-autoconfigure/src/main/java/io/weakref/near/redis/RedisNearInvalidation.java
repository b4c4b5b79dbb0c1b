package io.weakref.near.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.weakref.near.NearInvalidation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Receives changes from Redis, with {@code CLIENT TRACKING} in broadcast mode on a
 * dedicated connection to each server that accepts writes.
 * <p>
 * Runs between {@link #start()} and {@link #stop()}, while the connection factory runs.
 * {@code start} does not wait for a server; {@code stop} waits at most a second for
 * connections to close. Nothing is trusted while it does not run.
 *
 * @since 0.1.0
 */
public final class RedisNearInvalidation implements NearInvalidation, SmartLifecycle, DisposableBean {

	private final LettuceConnectionFactory connectionFactory;

	private final Duration heartbeat;

	private final Duration maxStaleness;

	private final List<PrefixSubscription> subscriptions = new CopyOnWriteArrayList<>();

	private volatile @Nullable Tracking tracking;

	/**
	 * Create an invalidation.
	 * @param connectionFactory the connection factory of the cache manager
	 * @param heartbeat the interval at which each server is asked for an answer
	 * @param maxStaleness how long a server is trusted after its last answer, at least
	 * two heartbeats
	 */
	public RedisNearInvalidation(LettuceConnectionFactory connectionFactory, Duration heartbeat,
			Duration maxStaleness) {
		if (heartbeat.isNegative() || heartbeat.isZero()) {
			throw new IllegalArgumentException("heartbeat must be positive: " + heartbeat);
		}
		if (maxStaleness.compareTo(heartbeat.multipliedBy(2)) < 0) {
			throw new IllegalArgumentException("maxStaleness must be at least two heartbeats: " + maxStaleness);
		}
		this.connectionFactory = connectionFactory;
		this.heartbeat = heartbeat;
		this.maxStaleness = maxStaleness;
	}

	@Override
	public Subscription subscribe(byte[] prefix, Listener listener) {
		PrefixSubscription subscription;
		synchronized (this.subscriptions) {
			subscription = new PrefixSubscription(this, this.subscriptions.size(), prefix, listener);
			this.subscriptions.add(subscription);
		}
		Tracking current = this.tracking;
		if (current != null) {
			current.subscribed();
		}
		return subscription;
	}

	@Override
	public Trust trust() {
		Tracking current = this.tracking;
		return (current != null) ? current.trust() : Trust.untrusted("The near cache has not been started");
	}

	/**
	 * Start after the connection factory, and stop before it.
	 */
	@Override
	public int getPhase() {
		int phase = this.connectionFactory.getPhase();
		return (phase != Integer.MAX_VALUE) ? phase + 1 : phase;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.tracking != null;
	}

	@Override
	public synchronized void start() {
		if (this.tracking == null) {
			Tracking started = new Tracking(this.subscriptions, this.heartbeat, this.maxStaleness);
			started
				.follow(this.connectionFactory.isClusterAware() ? new ClusterTopology(started, this.connectionFactory)
						: new SingleServer(started, this.connectionFactory));
			// Set before the start, so that no subscription is missed from now on.
			this.tracking = started;
			started.start();
		}
	}

	@Override
	public synchronized void stop() {
		Tracking current = this.tracking;
		this.tracking = null;
		if (current != null) {
			current.stop();
		}
	}

	/**
	 * Stop if the context is closed without having been stopped.
	 */
	@Override
	public void destroy() {
		stop();
	}

	@Nullable Tracking tracking() {
		return this.tracking;
	}

}
