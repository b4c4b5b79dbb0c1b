package io.weakref.autoconfigure.near;

import java.util.Arrays;
import java.util.List;

import io.lettuce.core.ReadFrom;
import io.weakref.near.redis.NearCacheUnsupportedException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Finds the beans of the application that the near cache builds on. Throws an exception
 * that says what is wrong if a near cache cannot work with them.
 */
final class RedisBeans {

	private static final String PROPERTY = "weakref.near-cache.cache-manager";

	private static final String REPLICAS = "spring.data.redis.masterreplica.nodes";

	private final ListableBeanFactory beanFactory;

	RedisBeans(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/** Return the second level. */
	RedisCacheManager cacheManager(@Nullable String name) {
		List<String> candidates = names(RedisCacheManager.class);
		if (name != null) {
			if (!candidates.contains(name)) {
				throw new NearCacheUnsupportedException(
						"'%s' is '%s', but there is no RedisCacheManager bean with this name.".formatted(PROPERTY,
								name),
						candidates.isEmpty() ? "Define one: the application has no RedisCacheManager at all."
								: "Name one of these beans: %s.".formatted(String.join(", ", candidates)));
			}
			return this.beanFactory.getBean(name, RedisCacheManager.class);
		}
		if (candidates.isEmpty()) {
			throw new NearCacheUnsupportedException(
					"The near cache needs a RedisCacheManager as its second level, but the application has none.",
					"Add @EnableCaching and 'spring.cache.type=redis', or define a RedisCacheManager bean.");
		}
		if (candidates.size() > 1) {
			throw new NearCacheUnsupportedException(
					"The near cache needs one RedisCacheManager as its second level, but the application has several: %s."
						.formatted(String.join(", ", candidates)),
					"Name one of them with '%s'.".formatted(PROPERTY));
		}
		return this.beanFactory.getBean(candidates.get(0), RedisCacheManager.class);
	}

	/** Return the connection factory of the second level. */
	LettuceConnectionFactory connectionFactory() {
		List<String> candidates = names(RedisConnectionFactory.class);
		if (candidates.size() != 1) {
			throw new NearCacheUnsupportedException(
					"The near cache needs the connection factory of its RedisCacheManager, but the application has %s."
						.formatted(candidates.isEmpty() ? "none" : "several: " + String.join(", ", candidates)),
					"Define a RedisNearInvalidation bean named 'weakNearInvalidation' with the right connection factory.");
		}
		RedisConnectionFactory factory = this.beanFactory.getBean(candidates.get(0), RedisConnectionFactory.class);
		if (!(factory instanceof LettuceConnectionFactory lettuce)) {
			throw new NearCacheUnsupportedException(
					"The near cache needs Lettuce, but the connection factory '%s' is a %s."
						.formatted(candidates.get(0), factory.getClass().getName()),
					"Set 'spring.data.redis.client-type' to lettuce.");
		}
		requireUpstream(lettuce);
		requireNoStaticReplicas();
		return lettuce;
	}

	private static void requireUpstream(LettuceConnectionFactory factory) {
		ReadFrom readFrom = factory.getClientConfiguration().getReadFrom().orElse(ReadFrom.UPSTREAM);
		if (readFrom != ReadFrom.UPSTREAM) {
			throw new NearCacheUnsupportedException(
					"The near cache must read from the server that accepts the writes, but Lettuce is configured to read from others.",
					"Remove 'spring.data.redis.lettuce.read-from', or set it to upstream.");
		}
	}

	private void requireNoStaticReplicas() {
		boolean listed = Binder.get(this.beanFactory.getBean(Environment.class))
			.bind(REPLICAS, Bindable.listOf(String.class))
			.isBound();
		if (listed || !names(RedisStaticMasterReplicaConfiguration.class).isEmpty()) {
			throw new NearCacheUnsupportedException(
					"The near cache cannot tell which server in a static list of a master and its replicas accepts the writes.",
					"Remove '%s' and set the host and port of the master, or use Sentinel.".formatted(REPLICAS));
		}
	}

	private List<String> names(Class<?> type) {
		return Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, type)).toList();
	}

}
