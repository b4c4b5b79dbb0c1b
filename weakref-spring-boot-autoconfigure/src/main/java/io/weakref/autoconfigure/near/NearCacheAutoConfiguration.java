package io.weakref.autoconfigure.near;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.ConditionalOnSwitch;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.near.NearCacheManager;
import io.weakref.near.NearInvalidation;
import io.weakref.near.WhileUntrusted;
import io.weakref.near.redis.RedisNearInvalidation;
import io.weakref.near.redis.RedisSecondLevels;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the near cache: a cache manager
 * whose first level consists of the values that are in use in this JVM and whose second
 * level is the application's Redis. The manager can only be injected by name, so the
 * application's own cache provider remains the default.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class,
		afterName = { "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@ConditionalOnClass({ RedisClient.class, LettuceConnectionFactory.class, RedisCacheManager.class })
@ConditionalOnSwitch("weakref.near-cache.enabled")
@ConditionalOnBean(WeakCacheRegistry.class)
@EnableConfigurationProperties(NearCacheProperties.class)
public final class NearCacheAutoConfiguration {

	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean(name = "weakNearInvalidation")
	RedisNearInvalidation weakNearInvalidation(NearCacheProperties properties, ListableBeanFactory beanFactory) {
		Duration heartbeat = requirePositive("heartbeat", properties.getHeartbeat());
		Duration maxStaleness = properties.getMaxStaleness();
		if (maxStaleness.compareTo(heartbeat.multipliedBy(2)) < 0) {
			throw invalid("max-staleness", maxStaleness,
					"It must be at least twice 'weakref.near-cache.heartbeat', which is %s."
						.formatted(DurationFormatterUtils.print(heartbeat, DurationFormat.Style.COMPOSITE)));
		}
		return new RedisNearInvalidation(new RedisBeans(beanFactory).connectionFactory(), heartbeat, maxStaleness);
	}

	@Bean(defaultCandidate = false, destroyMethod = "shutdown")
	@ConditionalOnMissingBean(name = "weakNearExecutor")
	ThreadPoolExecutor weakNearExecutor(ConfigurableBeanFactory beanFactory) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("weakref-near-");
		threads.setDaemon(true);
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		int size = Math.max(2, Runtime.getRuntime().availableProcessors());
		ThreadPoolExecutor executor = new ThreadPoolExecutor(size, size, 60, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = threads.newThread(task);
					thread.setContextClassLoader(classLoader);
					return thread;
				}, (task, closed) -> task.run());
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean(name = "weakNearCacheManager")
	NearCacheManager weakNearCacheManager(WeakCacheRegistry registry, WeakCleaner cleaner,
			@Qualifier("weakNearInvalidation") NearInvalidation invalidation,
			@Qualifier("weakNearExecutor") Executor executor, NearCacheProperties properties,
			ListableBeanFactory beanFactory) {
		RedisCacheManager cacheManager = new RedisBeans(beanFactory).cacheManager(properties.getCacheManager());
		RedisSecondLevels second = new RedisSecondLevels(cacheManager,
				new RedisBeans(beanFactory).connectionFactory().getClientConfiguration().getCommandTimeout());
		boolean serve = properties.getWhileUntrusted() == WhileUntrusted.SERVE;
		return new NearCacheManager(new NearCacheManager.Levels(registry::values, second, second.decoration(), cleaner),
				invalidation, properties.getCacheNames(),
				serve ? requirePositive("serve-for", properties.getServeFor()) : Duration.ZERO, executor);
	}

	private static Duration requirePositive(String property, Duration value) {
		if (value.isZero() || value.isNegative()) {
			throw invalid(property, value, "It must be positive.");
		}
		return value;
	}

	private static InvalidConfigurationPropertyValueException invalid(String property, Duration value, String reason) {
		return new InvalidConfigurationPropertyValueException("weakref.near-cache." + property, value, reason);
	}

}
