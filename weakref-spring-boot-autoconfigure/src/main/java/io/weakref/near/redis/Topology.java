package io.weakref.near.redis;

import java.util.Collection;
import java.util.function.Predicate;

import io.lettuce.core.RedisFuture;
import io.weakref.near.NearKey;
import org.jspecify.annotations.Nullable;

/**
 * Knows which server owns which key. {@link #serverOf}, {@link #gap()},
 * {@link #responsible()}, {@link #servers()} and {@link #isPlain} may be called on any
 * thread, the other methods only on the tracking thread.
 */
interface Topology {

	/** Return the server that owns a key, or null while that is not known. */
	@Nullable TrackedServer serverOf(NearKey key);

	/** Return the keys that a server owns, or null for all keys. */
	@Nullable Predicate<NearKey> keysOf(TrackedServer server);

	/** Return why some keys have no server, or null if all have one. */
	@Nullable String gap();

	/** Return the servers that own some key now. */
	Collection<TrackedServer> responsible();

	/** Return the servers to be tracked now. */
	Collection<TrackedServer> servers();

	/** Start to look for servers. */
	void start();

	/** Called at each heartbeat, before the servers are asked for an answer. */
	void beat();

	/** Send a heartbeat to a server. */
	RedisFuture<String> ask(TrackingSession session);

	/**
	 * Return whether an answer to a heartbeat carries no information about the topology,
	 * so that {@link #answered} need not be called.
	 * @param answer the answer
	 * @return whether it carries none
	 */
	boolean isPlain(String answer);

	/** Evaluate the answer of a server, before it counts as a sign of life. */
	void answered(TrackingSession session, String answer);

	/** Release what was opened in addition to the connections. */
	void close();

}
