package io.weakref.near.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.weakref.GarbageCollection;
import io.weakref.near.NearCache;
import io.weakref.near.NearKey;
import io.weakref.near.NearStats;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * One of the JVMs of {@link NearStressTests}. Five threads read and write the same few
 * keys: half of the writes are puts, a quarter evictions, and a quarter bypass the cache.
 * It works in rounds, on commands from its standard input. After each round it prints how
 * many entries of its first level differ from Redis, and how often the cache returned a
 * second instance for a key and content of which the JVM already holds one.
 */
final class NearStress {

	static final String CACHE = "stress";

	private static final int KEYS = 64;

	private static final int CONTENTS = 16;

	private static final int THREADS = 5;

	private final NearApplication application;

	private final NearCache cache;

	private final StatefulRedisConnection<byte[], byte[]> past;

	/** Every instance that the cache returned, by key and content. Never released. */
	private final Map<String, Customer> held = new ConcurrentHashMap<>();

	private final LongAdder twins = new LongAdder();

	private final LongAdder operations = new LongAdder();

	private final LongAdder errors = new LongAdder();

	private NearStress(int port) {
		this.application = NearApplication.start(List.of("spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + port, "logging.level.root=error"), NearApplication.Defaults.class);
		this.cache = this.application.trustedCache(CACHE);
		LettuceConnectionFactory factory = this.application.context().getBean(LettuceConnectionFactory.class);
		this.past = ((RedisClient) factory.getRequiredNativeClient()).connect(ByteArrayCodec.INSTANCE);
	}

	public static void main(String[] args) throws Exception {
		NearStress stress = new NearStress(Integer.parseInt(args[0]));
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		System.out.println("ready");
		for (String command = commands.readLine(); command != null; command = commands.readLine()) {
			String[] words = command.split(" ");
			switch (words[0]) {
				case "work" -> stress.work(Long.parseLong(words[1]));
				case "check" -> stress.check();
				default -> throw new IllegalArgumentException(command);
			}
		}
		stress.application.close();
	}

	private void work(long millis) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			Thread thread = new Thread(() -> {
				Random random = new Random();
				while (System.nanoTime() < end) {
					try {
						step(random);
						this.operations.increment();
					}
					catch (DataAccessException | RedisException ex) {
						// A connection was killed during the call.
						this.errors.increment();
					}
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		System.out.println("quiet");
	}

	private void step(Random random) {
		String key = "k" + random.nextInt(KEYS);
		int dice = random.nextInt(100);
		if (dice < 10) {
			this.cache.put(key, customer(key, random));
		}
		else if (dice < 15) {
			this.cache.evict(key);
		}
		else if (dice < 20) {
			this.past.sync().set(redisKey(key), RedisSerializer.java().serialize(customer(key, random)));
		}
		else if (dice < 30) {
			got(this.cache.get(key, () -> customer(key, random)));
		}
		else {
			ValueWrapper wrapper = this.cache.get(key);
			got((wrapper != null) ? (Customer) wrapper.get() : null);
		}
	}

	private void got(@Nullable Customer customer) {
		if (customer != null) {
			Customer first = this.held.putIfAbsent(customer.name(), customer);
			if (first != null && first != customer) {
				this.twins.increment();
			}
		}
	}

	/** Called while no thread works. */
	private void check() throws IOException {
		// A change whose push comes on the same connection after all other pushes.
		long pushed = this.cache.stats().pushed();
		this.past.sync().set(redisKey("marker"), new byte[] { 1 });
		GarbageCollection.await(() -> this.application.isTrusted());
		GarbageCollection.await(() -> {
			this.past.sync().set(redisKey("marker"), new byte[] { 1 });
			return this.cache.stats().pushed() > pushed;
		});
		int live = 0;
		int stale = 0;
		for (int i = 0; i < KEYS; i++) {
			byte[] key = redisKey("k" + i);
			Customer here = (Customer) this.cache.getNativeCache().get(new NearKey(key));
			if (here != null) {
				live++;
				byte[] bytes = this.past.sync().get(key);
				Customer there = (bytes != null) ? (Customer) RedisSerializer.java().deserialize(bytes) : null;
				if (there == null || !there.name().equals(here.name())) {
					stale++;
				}
			}
		}
		NearStats stats = this.cache.stats();
		System.out.printf("checked stale=%d twins=%d live=%d operations=%d errors=%d first=%d refused=%d flushed=%d%n",
				stale, this.twins.sum(), live, this.operations.sum(), this.errors.sum(), stats.first(), stats.refused(),
				stats.flushed());
	}

	private static Customer customer(String key, Random random) {
		return new Customer(key + "-" + random.nextInt(CONTENTS));
	}

	private static byte[] redisKey(String key) {
		return (CACHE + "::" + key).getBytes(StandardCharsets.UTF_8);
	}

}
