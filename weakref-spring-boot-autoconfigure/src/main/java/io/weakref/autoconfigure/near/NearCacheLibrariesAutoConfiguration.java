package io.weakref.autoconfigure.near;

import io.weakref.autoconfigure.ConditionalOnSwitch;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.near.redis.NearCacheUnsupportedException;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that fails the start if the near
 * cache is enabled but a library that it needs is missing. Without this class
 * {@link NearCacheAutoConfiguration} would be skipped silently.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class)
@ConditionalOnSwitch("weakref.near-cache.enabled")
@ConditionalOnBean(WeakCacheRegistry.class)
public final class NearCacheLibrariesAutoConfiguration {

	@Bean
	static BeanFactoryPostProcessor weakNearCacheLibraries() {
		return (beanFactory) -> {
			require(beanFactory, "Spring Data Redis (org.springframework.data:spring-data-redis)",
					"org.springframework.data.redis.cache.RedisCacheManager");
			require(beanFactory, "Lettuce (io.lettuce:lettuce-core)", "io.lettuce.core.RedisClient");
		};
	}

	private static void require(ConfigurableListableBeanFactory beanFactory, String library, String className) {
		if (!ClassUtils.isPresent(className, beanFactory.getBeanClassLoader())) {
			throw new NearCacheUnsupportedException(
					"'weakref.near-cache.enabled' is true, but %s is not on the class path.".formatted(library),
					"Add the dependency org.springframework.boot:spring-boot-starter-data-redis, "
							+ "or set weakref.near-cache.enabled=false.");
		}
	}

}
