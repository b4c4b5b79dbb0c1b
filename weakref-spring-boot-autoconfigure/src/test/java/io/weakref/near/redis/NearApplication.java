package io.weakref.near.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.near.NearCacheAutoConfiguration;
import io.weakref.near.NearCache;
import io.weakref.near.NearCacheManager;
import io.weakref.near.NearInvalidation;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application with a near cache. To a server it looks like a separate JVM. Its
 * heartbeat is short, so that tests need not wait long.
 */
public final class NearApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private NearApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an application and wait until its near cache is trusted.
	 * @param server its server
	 * @param properties further properties
	 * @return the application
	 */
	public static NearApplication trusted(RedisServer server, String... properties) {
		NearApplication application = start(server, properties);
		application.awaitTrust();
		return application;
	}

	/**
	 * Start an application.
	 * @param server its server
	 * @param properties further properties
	 * @return the application
	 */
	public static NearApplication start(RedisServer server, String... properties) {
		List<String> all = new ArrayList<>(
				List.of("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + server.port()));
		all.addAll(List.of(properties));
		return start(all, Defaults.class);
	}

	/**
	 * Start an application.
	 * @param properties its properties
	 * @param sources its configuration
	 * @return the application
	 */
	public static NearApplication start(List<String> properties, Class<?>... sources) {
		List<String> all = new ArrayList<>(List.of("spring.cache.type=redis", "spring.data.redis.timeout=2s",
				"spring.data.redis.connect-timeout=1s", "weakref.near-cache.enabled=true",
				"weakref.near-cache.heartbeat=100ms", "weakref.near-cache.max-staleness=500ms",
				"spring.main.banner-mode=off"));
		all.addAll(properties);
		return new NearApplication(new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run());
	}

	/**
	 * Return the context.
	 * @return the context
	 */
	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Return a cache of the near cache manager.
	 * @param name its name
	 * @return the cache without its decoration
	 */
	public NearCache cache(String name) {
		Cache cache = Objects.requireNonNull(manager().getCache(name));
		return (NearCache) ((cache instanceof TransactionAwareCacheDecorator decorator) ? decorator.getTargetCache()
				: cache);
	}

	/**
	 * Return a cache once it is trusted.
	 * @param name its name
	 * @return the cache without its decoration
	 */
	public NearCache trustedCache(String name) {
		NearCache cache = cache(name);
		awaitTrust();
		return cache;
	}

	/**
	 * Return the near cache manager.
	 * @return the manager
	 */
	public NearCacheManager manager() {
		return this.context.getBean("weakNearCacheManager", NearCacheManager.class);
	}

	/**
	 * Return the source of changes.
	 * @return the invalidation
	 */
	public NearInvalidation invalidation() {
		return this.context.getBean("weakNearInvalidation", NearInvalidation.class);
	}

	/**
	 * Return whether the near cache is trusted.
	 * @return whether it is
	 */
	public boolean isTrusted() {
		return invalidation().trust().trusted();
	}

	/**
	 * Wait until the near cache is trusted.
	 */
	public void awaitTrust() {
		GarbageCollection.await(this::isTrusted);
	}

	/**
	 * Wait until the near cache is not trusted.
	 */
	public void awaitDistrust() {
		GarbageCollection.await(() -> !isTrusted());
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * The default configuration of the application.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, DataRedisReactiveAutoConfiguration.class,
			CacheAutoConfiguration.class, WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class })
	public static class Defaults {

	}

}
