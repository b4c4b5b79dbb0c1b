package io.weakref.near.redis;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.weakref.near.SecondLevel;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheManager;

/**
 * The caches of a {@link RedisCacheManager} as second levels.
 *
 * @since 0.1.0
 */
public final class RedisSecondLevels implements Function<String, @Nullable SecondLevel> {

	private final RedisCacheManager cacheManager;

	private final Duration timeout;

	/**
	 * Create second levels.
	 * @param cacheManager the cache manager
	 * @param timeout how long its client waits for an answer
	 */
	public RedisSecondLevels(RedisCacheManager cacheManager, Duration timeout) {
		this.cacheManager = cacheManager;
		this.timeout = timeout;
	}

	/**
	 * Return the second level with a name.
	 * @param name the name of the cache
	 * @return the second level, or null if the cache manager has no such cache
	 * @throws NearCacheUnsupportedException if a near cache cannot work with it
	 */
	@Override
	public @Nullable SecondLevel apply(String name) {
		Cache cache = this.cacheManager.getCache(name);
		if (cache instanceof TransactionAwareCacheDecorator decorator) {
			cache = decorator.getTargetCache();
		}
		return (cache instanceof RedisCache redis)
				? new RedisSecondLevel(name, redis.getNativeCache(), redis.getCacheConfiguration(), this.timeout)
				: null;
	}

	/**
	 * Return the decoration of near caches. If the cache manager is transaction-aware,
	 * they become so too, and the first level changes only when a transaction commits.
	 * @return the decoration
	 */
	public UnaryOperator<Cache> decoration() {
		return this.cacheManager.isTransactionAware() ? TransactionAwareCacheDecorator::new : UnaryOperator.identity();
	}

}
