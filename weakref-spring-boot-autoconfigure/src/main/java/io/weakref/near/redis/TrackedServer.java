package io.weakref.near.redis;

import java.util.BitSet;
import java.util.Set;

import io.lettuce.core.api.StatefulRedisConnection;
import io.weakref.near.NearInvalidation.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A server that is to tell of changes, across the connections to it. Fields that are not
 * volatile belong to the tracking thread.
 */
final class TrackedServer {

	private final String name;

	private final Connector connector;

	private volatile @Nullable TrackingSession session;

	/** When trust was lost, as of {@link System#nanoTime()}; null where it never was. */
	private volatile @Nullable Long lostAt;

	/** Why it is not trusted. */
	private volatile String reason = "has not been connected to";

	/** Whether a connection is being opened, or the next attempt waits for its time. */
	boolean connecting;

	/** Attempts that failed since it was trusted. */
	int failures;

	/** In a cluster: the slots that it says are its own. */
	BitSet slots = new BitSet();

	/** In a cluster: the epoch of that. */
	long epoch = -1;

	/** In a cluster: the masters that it knows of, by identifier. */
	Set<String> masters = Set.of();

	TrackedServer(String name, Connector connector) {
		this.name = name;
		this.connector = connector;
	}

	Connector connector() {
		return this.connector;
	}

	@Nullable TrackingSession session() {
		return this.session;
	}

	/** Set the connection that counts from now on. */
	void session(TrackingSession session) {
		this.session = session;
	}

	/** Note that trust was lost. */
	void lost(long since) {
		this.lostAt = since;
	}

	/** Note why there is no trust, as the rest of a sentence about the server. */
	void reason(String reason) {
		this.reason = reason;
	}

	/** Return why there is no trust. */
	String reason() {
		TrackingSession current = this.session;
		String late = (current != null) ? current.lateness() : null;
		return this.name + " " + ((late != null) ? late : this.reason);
	}

	@Override
	public String toString() {
		return this.name;
	}

	long untrustedFor(PrefixSubscription subscription, long now) {
		TrackingSession current = this.session;
		if (current == null) {
			return Subscription.NEVER;
		}
		if (!current.isClosed()) {
			if (current.watches(subscription)) {
				return current.lateBy(now);
			}
			if (current.wasTrusted()) {
				return Subscription.NEVER;
			}
		}
		Long lost = this.lostAt;
		return (lost != null) ? Math.max(1, now - lost) : Subscription.NEVER;
	}

	/**
	 * Opens a connection, which may take long.
	 */
	interface Connector {

		/**
		 * Open a connection.
		 * @return the connection
		 */
		StatefulRedisConnection<byte[], byte[]> connect();

	}

}
