package io.weakref.near.redis;

import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.codec.ByteArrayCodec;
import io.weakref.near.NearKey;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A single server owns all keys: the only one, or the current master according to
 * Sentinel.
 */
final class SingleServer implements Topology {

	private final Tracking tracking;

	private final TrackedServer server;

	SingleServer(Tracking tracking, LettuceConnectionFactory connectionFactory) {
		this.tracking = tracking;
		// Ask for the client each time: after a restart the factory has another one. It
		// is
		// configured with TLS and passwords.
		this.server = new TrackedServer("Redis",
				() -> ((RedisClient) connectionFactory.getRequiredNativeClient()).connect(ByteArrayCodec.INSTANCE));
	}

	@Override
	public TrackedServer serverOf(NearKey key) {
		return this.server;
	}

	@Override
	public @Nullable Predicate<NearKey> keysOf(TrackedServer server) {
		return null;
	}

	@Override
	public @Nullable String gap() {
		return null;
	}

	@Override
	public Collection<TrackedServer> responsible() {
		return servers();
	}

	@Override
	public Collection<TrackedServer> servers() {
		return List.of(this.server);
	}

	@Override
	public void start() {
		this.tracking.connect(this.server);
	}

	@Override
	public void beat() {
	}

	@Override
	public RedisFuture<String> ask(TrackingSession session) {
		return session.connection().async().ping();
	}

	@Override
	public boolean isPlain(String answer) {
		return true;
	}

	@Override
	public void answered(TrackingSession session, String answer) {
	}

	@Override
	public void close() {
	}

}
