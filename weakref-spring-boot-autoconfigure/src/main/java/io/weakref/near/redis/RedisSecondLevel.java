package io.weakref.near.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.weakref.near.NearKey;
import io.weakref.near.SecondLevel;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheWriter;

/**
 * A cache of Spring Data Redis as a second level, with the prefix, serializers, times to
 * live and locks that the application has configured. Writes are complete when they
 * return, unlike those of {@link RedisCache} itself.
 */
final class RedisSecondLevel implements SecondLevel {

	private final String name;

	private final RedisCacheWriter writer;

	private final Access cache;

	private final byte[] prefix;

	private final Duration timeout;

	RedisSecondLevel(String name, RedisCacheWriter writer, RedisCacheConfiguration configuration, Duration timeout) {
		this.name = name;
		this.writer = writer;
		this.cache = new Access(name, writer, configuration);
		this.timeout = timeout;
		this.prefix = requirePrefix(name, configuration);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public byte[] prefix() {
		return this.prefix;
	}

	@Override
	public boolean allowsNull() {
		return this.cache.isAllowNullValues();
	}

	@Override
	public NearKey key(Object key) {
		return new NearKey(this.cache.serializeCacheKey(this.cache.createCacheKey(key)));
	}

	@Override
	public byte[] serialize(Object storeValue) {
		return this.cache.serializeCacheValue(storeValue);
	}

	@Override
	public @Nullable Object deserialize(byte[] bytes) {
		return this.cache.deserializeCacheValue(bytes);
	}

	@Override
	public byte @Nullable [] get(NearKey key) {
		return this.writer.get(this.name, key.bytes());
	}

	@Override
	public CompletableFuture<byte @Nullable []> retrieve(NearKey key) {
		return this.writer.supportsAsyncRetrieve() ? this.writer.retrieve(this.name, key.bytes())
				: CompletableFuture.completedFuture(get(key));
	}

	@Override
	public void put(NearKey key, Object original, @Nullable Object value, byte[] bytes) {
		Duration timeToLive = timeToLive(original, value);
		if (this.writer.supportsAsyncRetrieve()) {
			await(this.writer.store(this.name, key.bytes(), bytes, timeToLive));
		}
		else {
			this.writer.put(this.name, key.bytes(), bytes, timeToLive);
		}
	}

	@Override
	public byte @Nullable [] putIfAbsent(NearKey key, Object original, @Nullable Object value, byte[] bytes) {
		return this.writer.putIfAbsent(this.name, key.bytes(), bytes, timeToLive(original, value));
	}

	@Override
	public boolean evict(NearKey key) {
		return this.writer.evictIfPresent(this.name, key.bytes());
	}

	@Override
	public boolean clear() {
		return this.cache.invalidate();
	}

	/**
	 * Netty's threads deliver the answers of Redis and must not wait; neither must
	 * Reactor's non-blocking threads.
	 */
	@Override
	public boolean mayBlock() {
		return !(Thread.currentThread() instanceof FastThreadLocalThread) && !Schedulers.isInNonBlockingThread();
	}

	private Duration timeToLive(Object key, @Nullable Object value) {
		return this.cache.getCacheConfiguration().getTtlFunction().getTimeToLive(key, value);
	}

	/** Wait for a write, a little longer than the client itself does. */
	private void await(CompletableFuture<Void> write) {
		try {
			write.get(this.timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw new RedisSystemException("A write to Redis failed", ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new QueryTimeoutException("Redis did not answer a write in time", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RedisSystemException("Interrupted while waiting for a write to Redis", ex);
		}
	}

	private byte[] requirePrefix(String name, RedisCacheConfiguration configuration) {
		if (configuration.isTimeToIdleEnabled()) {
			throw new NearCacheUnsupportedException(
					"The Redis cache '%s' uses time-to-idle, which turns every read into a write, so that all JVMs would drop the key."
						.formatted(name),
					"Disable time-to-idle for the cache, or leave it out of 'weakref.near-cache.cache-names'.");
		}
		String prefix = configuration.usePrefix() ? configuration.getKeyPrefixFor(name) : "";
		if (prefix.isEmpty()) {
			throw new NearCacheUnsupportedException(
					"The Redis cache '%s' has no key prefix, so Redis cannot tell its keys from other keys."
						.formatted(name),
					"Set 'spring.cache.redis.use-key-prefix' to true, or give the cache a prefix in its RedisCacheConfiguration.");
		}
		byte[] bytes = this.cache.serializeCacheKey(prefix);
		if (bytes.length == 0 || !new NearKey(this.cache.serializeCacheKey(prefix + "key")).startsWith(bytes)) {
			throw new NearCacheUnsupportedException(
					"The key serializer of the Redis cache '%s' does not keep the key prefix at the beginning of the key."
						.formatted(name),
					"Serialize keys as strings, which is the default.");
		}
		return bytes;
	}

	/**
	 * Gives access to protected methods of Spring Data Redis: the conversion of keys and
	 * values to bytes, as the application has configured it.
	 */
	private static final class Access extends RedisCache {

		private Access(String name, RedisCacheWriter writer, RedisCacheConfiguration configuration) {
			super(name, writer, configuration);
		}

		@Override
		protected String createCacheKey(Object key) {
			return super.createCacheKey(key);
		}

		@Override
		protected byte[] serializeCacheKey(String key) {
			return super.serializeCacheKey(key);
		}

		@Override
		protected byte[] serializeCacheValue(Object value) {
			return super.serializeCacheValue(value);
		}

		@Override
		protected @Nullable Object deserializeCacheValue(byte[] value) {
			return super.deserializeCacheValue(value);
		}

	}

}
