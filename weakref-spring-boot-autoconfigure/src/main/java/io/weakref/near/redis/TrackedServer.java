package io.weakref.near.redis;

import java.util.BitSet;
import java.util.Set;

import io.lettuce.core.api.StatefulRedisConnection;
import io.weakref.near.NearInvalidation.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A server that reports changes, across successive connections to it. Fields that are
 * neither final nor volatile are confined to the tracking thread.
 */
final class TrackedServer {

	private final String name;

	private final Connector connector;

	private volatile @Nullable TrackingSession session;

	/**
	 * When trust was lost, in terms of {@link System#nanoTime()}; null if it never was.
	 */
	private volatile @Nullable Long lostAt;

	/** Why the server is not trusted. */
	private volatile String reason = "has not been connected to yet";

	/** Whether a connection is being opened, or the next attempt is scheduled. */
	boolean connecting;

	/** Failed attempts to connect since the server was last trusted. */
	int failures;

	/** In a cluster: the slots that the server claims. */
	BitSet slots = new BitSet();

	/** In a cluster: the epoch of that claim. */
	long epoch = -1;

	/** In a cluster: the identifiers of the masters that the server knows. */
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

	/** Set the current connection. */
	void session(TrackingSession session) {
		this.session = session;
	}

	/** Note when trust was lost. */
	void lost(long since) {
		this.lostAt = since;
	}

	/** Note why there is no trust, as a sentence without its subject, the server. */
	void reason(String reason) {
		this.reason = reason;
	}

	/** Return why there is no trust, as a sentence without a full stop. */
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
