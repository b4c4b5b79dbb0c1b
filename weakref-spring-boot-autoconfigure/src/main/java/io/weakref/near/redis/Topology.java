package io.weakref.near.redis;

import java.util.Collection;
import java.util.function.Predicate;

import io.lettuce.core.RedisFuture;
import io.weakref.near.NearKey;
import org.jspecify.annotations.Nullable;

/**
 * Which server answers for which key. {@link #serverOf}, {@link #gap()},
 * {@link #responsible()}, {@link #servers()} and {@link #isPlain} may be called on any
 * thread, the others are called on the tracking thread alone.
 */
interface Topology {

	/** Return the server that answers for a key, null while that is not known. */
	@Nullable TrackedServer serverOf(NearKey key);

	/** Return the keys that a server answers for, null for all. */
	@Nullable Predicate<NearKey> keysOf(TrackedServer server);

	/** Return why some keys have no server, null where all have one. */
	@Nullable String gap();

	/** Return the servers that answer for some key now. */
	Collection<TrackedServer> responsible();

	/** Return the servers to be tracked now. */
	Collection<TrackedServer> servers();

	/** Begin to look for servers. */
	void start();

	/** Called with each beat before servers are asked for a sign of life. */
	void beat();

	/** Ask a server for a sign of life. */
	RedisFuture<String> ask(TrackingSession session);

	/**
	 * A server has given a sign of life.
	 * @param answer what it said
	 * @return whether that is known to mean nothing new, so that it counts at once
	 */
	boolean isPlain(String answer);

	/** Take in what a server said before its sign of life counts. */
	void answered(TrackingSession session, String answer);

	/** Let go of what was opened beside connections. */
	void close();

}
