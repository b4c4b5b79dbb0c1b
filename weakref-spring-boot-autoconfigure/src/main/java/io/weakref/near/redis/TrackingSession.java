package io.weakref.near.redis;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import io.weakref.near.NearKey;
import org.jspecify.annotations.Nullable;

/**
 * One connection on which a server reports changes, from its opening to its first
 * disconnect. A reconnect starts another session.
 * <p>
 * The invariants of trust:
 * <ol>
 * <li>Trust is given only on the tracking thread, after the server has confirmed that it
 * watches every prefix and the caches were flushed <em>after</em> that confirmation.</li>
 * <li>Trust is given for the number of demotions that was read before the flush. Any
 * thread can take trust back without waiting, by incrementing that number. So a demotion
 * during the flush voids the trust that is given after it.</li>
 * <li>A closed session is never trusted again.</li>
 * <li>{@link #provenAt} is the time at which the last answered heartbeat was sent. An
 * answer arrives after everything that the server sent before it, so at that time no
 * change had gone unreported. Whoever asks for trust compares it with the clock.</li>
 * <li>If an answer comes too late, the session is demoted before the answer counts, and
 * the caches are flushed.</li>
 * </ol>
 * The listener methods run on the event loop: they drop single keys and leave everything
 * else to the tracking thread.
 */
final class TrackingSession implements PushListener, RedisConnectionStateListener {

	private final Tracking tracking;

	private final TrackedServer server;

	private final StatefulRedisConnection<byte[], byte[]> connection;

	private final AtomicBoolean closed = new AtomicBoolean();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final AtomicInteger demotions = new AtomicInteger();

	/** The number of demotions at which trust was given. */
	private volatile int trustedAt = -1;

	/** Ordinal of the last subscription that is watched and whose cache was flushed. */
	private volatile int watchedUpTo = -1;

	private volatile long provenAt = System.nanoTime();

	/** Whether a heartbeat was sent and has not been answered. */
	private volatile boolean asked;

	/** The prefixes that are watched. Confined to the tracking thread. */
	Set<String> prefixes = Set.of();

	/**
	 * Whether CLIENT TRACKING was sent and not answered. Confined to the tracking thread.
	 */
	boolean arming;

	TrackingSession(Tracking tracking, TrackedServer server, StatefulRedisConnection<byte[], byte[]> connection) {
		this.tracking = tracking;
		this.server = server;
		this.connection = connection;
	}

	TrackedServer server() {
		return this.server;
	}

	StatefulRedisConnection<byte[], byte[]> connection() {
		return this.connection;
	}

	boolean isClosed() {
		return this.closed.get();
	}

	/** Return whether trust was ever given. */
	boolean wasTrusted() {
		return this.trustedAt >= 0;
	}

	/** Return whether there is trust, apart from the time since the last answer. */
	boolean isTrusted() {
		return this.trustedAt == this.demotions.get() && !this.closed.get();
	}

	boolean watches(PrefixSubscription subscription) {
		return isTrusted() && subscription.ordinal() <= this.watchedUpTo;
	}

	/** Return by how much the silence of the server exceeds its limit, or zero. */
	long lateBy(long now) {
		return Math.max(0, now - this.provenAt - this.tracking.maxStalenessNanos());
	}

	/** Return how long ago the last answered heartbeat was sent. */
	long silence(long now) {
		return now - this.provenAt;
	}

	@Nullable String lateness() {
		return (!this.closed.get() && lateBy(System.nanoTime()) > 0)
				? this.tracking.silent(this.tracking.maxStaleness()) : null;
	}

	int watchedUpTo() {
		return this.watchedUpTo;
	}

	void watchedUpTo(int ordinal) {
		this.watchedUpTo = ordinal;
	}

	boolean asked() {
		return this.asked;
	}

	void asked(boolean asked) {
		this.asked = asked;
	}

	/** Take trust back; it may be given again. */
	void demote() {
		this.demotions.incrementAndGet();
	}

	/** Return the number of demotions, for {@link #trust}. */
	int demotions() {
		return this.demotions.get();
	}

	/** Give trust, unless there was another demotion. */
	void trust(int demotions) {
		this.trustedAt = demotions;
	}

	/** Called when the heartbeat that was sent at a time was answered. */
	void proven(long sentAt) {
		this.provenAt = sentAt;
	}

	/**
	 * Close permanently, without waiting for the connection.
	 * @return whether this call closed the session
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the action throws nothing
	boolean close() {
		boolean trusted = isTrusted();
		long now = System.nanoTime();
		if (!this.closed.compareAndSet(false, true)) {
			return false;
		}
		if (trusted) {
			this.server.lost(now - lateBy(now));
		}
		this.connection.closeAsync().whenComplete((done, failure) -> this.ended.complete(null));
		return true;
	}

	/**
	 * Return a future that completes when the connection of a closed session has ended.
	 */
	CompletableFuture<Void> ended() {
		return this.ended;
	}

	@Override
	public void onPushMessage(PushMessage message) {
		if (message.getType().equals("invalidate")) {
			try {
				invalidate(message.getContent());
			}
			catch (Throwable ex) {
				// A message that was not understood may have been about any key.
				this.tracking.flushAll(this);
			}
		}
	}

	@Override
	public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
		this.tracking.lost(this, "has closed the connection");
	}

	private void invalidate(List<Object> content) {
		Object keys = (content.size() > 1) ? content.get(1) : null;
		if (keys instanceof List<?> list) {
			for (Object key : list) {
				this.tracking.changed(new NearKey(bytes((ByteBuffer) key)));
			}
		}
		else {
			this.tracking.flushAll(this);
		}
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		return bytes;
	}

}
