package io.weakref.benchmark;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.weakref.near.NearCache;
import io.weakref.near.NearInvalidation;
import io.weakref.near.NearKey;
import io.weakref.near.redis.NearApplication;
import io.weakref.near.redis.RedisServer;

import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheManager;

/**
 * The figures of the near cache that need a Redis server: the cost of a hit at each level,
 * the duration of an invalidation, and what a tracking connection costs the server. A main
 * class, because only ratios and quantiles are needed. Prints a table.
 */
public final class NearCacheFigures {

	private static final String CACHE = "figures";

	private NearCacheFigures() {
	}

	/**
	 * Measure and print.
	 * @param args the number of reads of each kind, 20,000 by default
	 */
	public static void main(String[] args) throws Exception {
		int reads = (args.length > 0 && args[0].matches("\\d+")) ? Integer.parseInt(args[0]) : 20_000;
		try (RedisServer server = RedisServer.start();
				NearApplication one = NearApplication.trusted(server, "weakref.near-cache.max-staleness=30s");
				NearApplication other = NearApplication.trusted(server, "weakref.near-cache.max-staleness=30s")) {
			gets(one, reads);
			invalidations(server, one, other, Math.min(reads, 5000));
		}
		for (int connections : new int[] { 0, 1, 10, 50 }) {
			try (RedisServer server = RedisServer.start()) {
				serverCpu(server, connections);
			}
		}
	}

	private static void gets(NearApplication application, int reads) throws InterruptedException {
		NearCache near = application.trustedCache(CACHE);
		Cache redis = Objects
			.requireNonNull(application.context().getBean(RedisCacheManager.class).getCache(CACHE));
		byte[] payload = new byte[2000];
		Arrays.fill(payload, (byte) 'x');
		Entry value = new Entry(new String(payload, StandardCharsets.ISO_8859_1));
		near.put("1", value);
		TimeUnit.MILLISECONDS.sleep(200);
		for (int round = 0; round < 3; round++) {
			double hit = nanos(reads * 20, () -> Objects.requireNonNull(near.get("1")));
			double redisAlone = nanos(reads, () -> Objects.requireNonNull(redis.get("1")));
			double second = nanos(reads, () -> {
				near.getNativeCache().clear();
				Objects.requireNonNull(near.get("1"));
			});
			System.out.printf(Locale.ROOT,
					"get of 2 kB: first level %.0f ns, RedisCacheManager alone %.0f ns, second level of the near cache %.0f ns (round %d)%n",
					hit, redisAlone, second, round);
		}
	}

	private static double nanos(int count, Runnable action) {
		for (int i = 0; i < count / 2; i++) {
			action.run();
		}
		long begin = System.nanoTime();
		for (int i = 0; i < count; i++) {
			action.run();
		}
		return (System.nanoTime() - begin) / (double) count;
	}

	/** Measure from before a write until the listener of another application is called. */
	private static void invalidations(RedisServer server, NearApplication one, NearApplication other, int writes)
			throws InterruptedException {
		BlockingQueue<Long> heard = new ArrayBlockingQueue<>(16);
		one.invalidation().subscribe("lag::".getBytes(StandardCharsets.UTF_8), new NearInvalidation.Listener() {

			@Override
			public void changed(NearKey key) {
				heard.add(System.nanoTime());
			}

			@Override
			public void flush(Predicate<? super NearKey> keys) {
			}

			@Override
			public void flush() {
			}

		});
		one.awaitTrust();
		NearCache writer = other.trustedCache("lag");
		long[] nanos = new long[writes];
		for (int i = 0; i < writes; i++) {
			long begin = System.nanoTime();
			writer.put("1", i);
			nanos[i] = Objects.requireNonNull(heard.poll(10, TimeUnit.SECONDS)) - begin;
		}
		Arrays.sort(nanos);
		System.out.printf(Locale.ROOT, "invalidation, from before the put to the other application: p50 %.0f us, p99 %.0f us%n",
				nanos[writes / 2] / 1000.0, nanos[writes * 99 / 100] / 1000.0);
	}

	/**
	 * Measure the CPU time of the server for each write that it reports to a number of
	 * connections.
	 */
	private static void serverCpu(RedisServer server, int connections) {
		RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
		try {
			for (int i = 0; i < connections; i++) {
				client.connect().sync().clientTracking(TrackingArgs.Builder.enabled().bcast().prefixes("cpu::"));
			}
			StatefulRedisConnection<String, String> writer = client.connect();
			double before = 0;
			int writes = 20_000;
			for (int round = 0; round < 2; round++) {
				before = cpuMicros(writer);
				for (int i = 0; i < writes; i++) {
					// One at a time, because several writes in a pipeline are reported
					// together.
					writer.sync().set("cpu::" + (i % 1000), "x");
				}
			}
			System.out.printf(Locale.ROOT, "server CPU for a write with %d tracking connections: %.1f us%n", connections,
					(cpuMicros(writer) - before) / writes);
		}
		finally {
			client.shutdown(0, 2, TimeUnit.SECONDS);
		}
	}

	private static double cpuMicros(StatefulRedisConnection<String, String> connection) {
		return connection.sync()
			.info("cpu")
			.lines()
			.filter((line) -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
			.sum() * 1_000_000;
	}

	private record Entry(String text) implements Serializable {
	}

}
