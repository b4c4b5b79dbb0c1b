package io.weakref.near.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.protocol.ProtocolVersion;
import io.weakref.near.NearInvalidation.Listener;
import io.weakref.near.NearInvalidation.Subscription;
import io.weakref.near.NearInvalidation.Trust;
import io.weakref.near.NearKey;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Manages trust from one start to the next stop: opens connections, makes servers watch
 * prefixes, sends heartbeats, and reconnects to servers that went away. Its state changes
 * only on one thread, the tracking thread, except that any thread may take trust back.
 */
@SuppressWarnings("FutureReturnValueIgnored") // tasks are guarded, Lettuce logs failures
final class Tracking {

	private static final Log logger = LogFactory.getLog(RedisNearInvalidation.class);

	/** The longest pause between two attempts to connect. */
	private static final long LONGEST_PAUSE_MILLIS = 1000;

	/** The pause after a refusal of a server, which ends only when its setup changes. */
	private static final long PAUSE_AFTER_REFUSAL_MILLIS = 5000;

	private final List<PrefixSubscription> subscriptions;

	private final Duration heartbeat;

	private final Duration maxStaleness;

	private final long maxStalenessNanos;

	private final ScheduledThreadPoolExecutor thread;

	private volatile @Nullable Topology topology;

	private volatile boolean stopped;

	/** Whether a warning says that trust is missing. Confined to the tracking thread. */
	private boolean warned;

	Tracking(List<PrefixSubscription> subscriptions, Duration heartbeat, Duration maxStaleness) {
		this.subscriptions = subscriptions;
		this.heartbeat = heartbeat;
		this.maxStaleness = maxStaleness;
		this.maxStalenessNanos = maxStaleness.toNanos();
		this.thread = new ScheduledThreadPoolExecutor(1, (task) -> thread(task, "weakref-near"),
				new ThreadPoolExecutor.DiscardPolicy());
		this.thread.setRemoveOnCancelPolicy(true);
	}

	/** Set the topology whose servers are tracked. Called once, before the start. */
	void follow(Topology topology) {
		this.topology = topology;
	}

	void start() {
		onThread(topology()::start);
		long nanos = this.heartbeat.toNanos();
		this.thread.scheduleAtFixedRate(guarded(this::beat), nanos, nanos, TimeUnit.NANOSECONDS);
	}

	/** Stop. Waits up to a second for connections to close. */
	void stop() {
		this.stopped = true;
		CompletableFuture<Void> closed = new CompletableFuture<>();
		this.thread.execute(() -> {
			List<CompletableFuture<Void>> closing = new ArrayList<>();
			for (TrackedServer server : topology().servers()) {
				TrackingSession session = server.session();
				if (session != null) {
					session.close();
					closing.add(session.ended());
				}
			}
			CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
				topology().close();
				closed.complete(null);
			});
		});
		closed.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
		this.thread.shutdownNow();
	}

	/** Say that a server has been silent for too long, as a sentence without subject. */
	String silent(Duration silence) {
		return "has not answered for longer than "
				+ DurationFormatterUtils.print(silence, DurationFormat.Style.COMPOSITE);
	}

	Duration maxStaleness() {
		return this.maxStaleness;
	}

	long maxStalenessNanos() {
		return this.maxStalenessNanos;
	}

	long untrustedFor(PrefixSubscription subscription, NearKey key) {
		TrackedServer server = topology().serverOf(key);
		return (server != null) ? server.untrustedFor(subscription, System.nanoTime()) : Subscription.NEVER;
	}

	Trust trust() {
		if (this.stopped) {
			return Trust.untrusted("The near cache has been stopped");
		}
		long now = System.nanoTime();
		int last = this.subscriptions.size() - 1;
		for (TrackedServer server : topology().responsible()) {
			TrackingSession session = server.session();
			if (session == null || !session.isTrusted() || session.watchedUpTo() < last || session.lateBy(now) > 0) {
				return Trust.untrusted(server.reason());
			}
		}
		String gap = topology().gap();
		return (gap != null) ? Trust.untrusted(gap) : Trust.TRUSTED;
	}

	/** Called when a subscription was added. */
	void subscribed() {
		onThread(() -> topology().servers().forEach((server) -> {
			TrackingSession session = server.session();
			if (session != null) {
				arm(session);
			}
		}));
	}

	/** Called when a server has reported a change of a key. */
	void changed(NearKey key) {
		for (PrefixSubscription subscription : this.subscriptions) {
			if (key.startsWith(subscription.prefix())) {
				subscription.listener().changed(key);
			}
		}
	}

	/** Called when a server has reported that all of its keys are gone. */
	void flushAll(TrackingSession session) {
		session.demote();
		onThread(() -> promote(session));
	}

	/** Called when a connection is lost, possibly more than once. */
	void lost(TrackingSession session, String reason) {
		if (session.close()) {
			onThread(() -> retry(session.server(), reason, 0));
		}
	}

	/** Called when no server could be found. */
	void failed() {
		report(true);
	}

	/** Open a connection to a server unless there is one. */
	void connect(TrackedServer server) {
		TrackingSession current = server.session();
		if (this.stopped || server.connecting || (current != null && !current.isClosed())) {
			return;
		}
		server.connecting = true;
		thread(() -> {
			StatefulRedisConnection<byte[], byte[]> connection = null;
			try {
				connection = server.connector().connect();
			}
			catch (Throwable ex) {
				onThread(() -> retry(server, "cannot be connected to: " + message(ex), 0));
			}
			if (connection != null) {
				StatefulRedisConnection<byte[], byte[]> opened = connection;
				onThread(() -> connected(server, opened));
				if (this.stopped) {
					connection.closeAsync();
				}
			}
		}, "weakref-near-connect").start();
	}

	/** Run a task on the tracking thread. */
	void onThread(Runnable task) {
		this.thread.execute(guarded(task));
	}

	/** Create a daemon thread that runs a task. */
	Thread thread(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.setContextClassLoader(Tracking.class.getClassLoader());
		return thread;
	}

	/** Flush keys before they are trusted again. */
	void flush(Iterable<PrefixSubscription> subscriptions, @Nullable Predicate<NearKey> keys) {
		for (PrefixSubscription subscription : subscriptions) {
			Listener listener = subscription.listener();
			if (keys != null) {
				listener.flush(keys);
			}
			else {
				listener.flush();
			}
		}
	}

	List<PrefixSubscription> subscriptions() {
		return this.subscriptions;
	}

	private Topology topology() {
		Topology current = this.topology;
		if (current == null) {
			throw new IllegalStateException("Not started");
		}
		return current;
	}

	private void connected(TrackedServer server, StatefulRedisConnection<byte[], byte[]> connection) {
		server.connecting = false;
		if (this.stopped) {
			connection.closeAsync();
			return;
		}
		TrackingSession session = new TrackingSession(this, server, connection);
		server.session(session);
		server.reason("does not watch the keys yet");
		connection.addListener((PushListener) session);
		connection.addListener((RedisConnectionStateListener) session);
		if (!connection.isOpen()) {
			lost(session, "has closed the connection");
		}
		else if (connection.getOptions().getProtocolVersion() == ProtocolVersion.RESP2) {
			refused(session, "cannot report changes: the client is configured to use RESP2");
		}
		else {
			arm(session);
		}
	}

	/** Make a server watch the prefixes that it does not watch yet. */
	private void arm(TrackingSession session) {
		if (session.arming || session.isClosed()) {
			return;
		}
		List<PrefixSubscription> all = List.copyOf(this.subscriptions);
		Set<String> wanted = Prefixes.shortest(all.stream().map((one) -> Prefixes.of(one.prefix())).toList());
		Set<String> missing = new TreeSet<>(wanted);
		missing.removeAll(session.prefixes);
		boolean again = !wanted.containsAll(session.prefixes);
		long sentAt = System.nanoTime();
		if (missing.isEmpty() && !again) {
			armed(session, wanted, all, sentAt, null);
			return;
		}
		session.arming = true;
		CompletionStage<String> answer;
		if (again) {
			// A watched prefix begins with a new one. Tracking must be turned off and on
			// again, and
			// changes in between are not reported.
			session.demote();
			send(() -> session.connection().async().clientTracking(TrackingArgs.Builder.enabled(false)));
			answer = send(() -> session.connection().async().clientTracking(watch(wanted)));
		}
		else {
			answer = send(() -> session.connection().async().clientTracking(watch(missing)));
		}
		answer.whenComplete((ok, failure) -> onThread(() -> armed(session, wanted, all, sentAt, failure)));
	}

	/** Send a command. A closed connection may throw instead of returning a failure. */
	private static CompletionStage<String> send(Supplier<? extends CompletionStage<String>> command) {
		try {
			return command.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static TrackingArgs watch(Set<String> prefixes) {
		return TrackingArgs.Builder.enabled()
			.bcast()
			.prefixes(StandardCharsets.ISO_8859_1, prefixes.toArray(String[]::new));
	}

	private void armed(TrackingSession session, Set<String> prefixes, List<PrefixSubscription> watched, long sentAt,
			@Nullable Throwable failure) {
		session.arming = false;
		if (session.isClosed()) {
			return;
		}
		if (failure != null) {
			if (isRefusal(failure)) {
				refused(session, "refuses CLIENT TRACKING: " + message(failure));
			}
			else {
				lost(session, "does not answer CLIENT TRACKING: " + message(failure));
			}
			return;
		}
		session.prefixes = prefixes;
		flush(watched.stream().filter((one) -> one.ordinal() > session.watchedUpTo()).toList(),
				topology().keysOf(session.server()));
		session.watchedUpTo(watched.size() - 1);
		session.proven(sentAt);
		if (!session.isTrusted()) {
			promote(session);
			ask(session);
		}
		if (this.subscriptions.size() > watched.size()) {
			arm(session);
		}
		report(false);
	}

	/** Flush the keys of a server and trust it. */
	private void promote(TrackingSession session) {
		// A session that is being armed is promoted when that has been done.
		if (session.arming || session.isClosed()) {
			return;
		}
		int demotions = session.demotions();
		flush(this.subscriptions, topology().keysOf(session.server()));
		session.trust(demotions);
		session.server().failures = 0;
		report(false);
	}

	private void beat() {
		topology().beat();
		for (TrackedServer server : List.copyOf(topology().servers())) {
			TrackingSession session = server.session();
			if (session == null || session.isClosed()) {
				continue;
			}
			long silence = session.silence(System.nanoTime());
			if (silence > 2 * this.maxStalenessNanos) {
				// By now another server may be the master.
				lost(session, silent(this.maxStaleness.multipliedBy(2)));
			}
			else if (!session.asked() && !session.arming) {
				ask(session);
			}
			if (silence > this.maxStalenessNanos) {
				report(true);
			}
		}
	}

	private void ask(TrackingSession session) {
		session.asked(true);
		long sentAt = System.nanoTime();
		send(() -> topology().ask(session)).whenComplete((answer, failure) -> {
			session.asked(false);
			if (failure != null) {
				if (isRefusal(failure)) {
					onThread(() -> refused(session, "refuses to answer: " + message(failure)));
				}
			}
			else if (topology().isPlain(answer)) {
				answered(session, sentAt);
			}
			else {
				onThread(() -> {
					topology().answered(session, answer);
					answered(session, sentAt);
				});
			}
		});
	}

	private void answered(TrackingSession session, long sentAt) {
		if (session.lateBy(System.nanoTime()) == 0) {
			session.proven(sentAt);
			return;
		}
		session.demote();
		onThread(() -> {
			session.proven(sentAt);
			promote(session);
		});
	}

	private void refused(TrackingSession session, String reason) {
		if (session.close()) {
			retry(session.server(), reason, PAUSE_AFTER_REFUSAL_MILLIS);
		}
	}

	private void retry(TrackedServer server, String reason, long atLeastMillis) {
		server.connecting = true;
		server.reason(reason);
		server.failures++;
		report(true);
		long pause = Math.max(atLeastMillis, Math.min(LONGEST_PAUSE_MILLIS, 25L << Math.min(server.failures, 10)));
		this.thread.schedule(guarded(() -> {
			server.connecting = false;
			if (topology().servers().contains(server)) {
				connect(server);
			}
		}), pause, TimeUnit.MILLISECONDS);
	}

	/** Log once when trust is lost and once when it is regained. */
	private void report(boolean failed) {
		if (this.stopped) {
			return;
		}
		Trust trust = trust();
		if (trust.trusted() && this.warned) {
			logger.info("The near cache is trusted again");
			this.warned = false;
		}
		else if (failed && !trust.trusted() && !this.warned) {
			logger.warn("The near cache is not trusted, so its first level is not used as usual: " + trust.reason());
			this.warned = true;
		}
	}

	private Runnable guarded(Runnable task) {
		return () -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				logger.error("The near cache failed to track changes in Redis", ex);
				distrustAll();
			}
		};
	}

	/** Reconnect to every server: a task that failed half-way leaves unreliable state. */
	private void distrustAll() {
		for (TrackedServer server : List.copyOf(topology().servers())) {
			TrackingSession session = server.session();
			if (session != null) {
				lost(session, "is being reconnected to after a failure of the near cache");
			}
		}
	}

	private static boolean isRefusal(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return cause instanceof RedisCommandExecutionException && !(cause instanceof RedisLoadingException);
	}

	/** Return the message of the innermost cause, which says what happened. */
	private static String message(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

}
