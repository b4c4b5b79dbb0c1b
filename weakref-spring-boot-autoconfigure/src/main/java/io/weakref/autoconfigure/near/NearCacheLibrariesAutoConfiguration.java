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
 * {@link EnableAutoConfiguration Auto-configuration} that fails the start where the near
 * cache is switched on and a library that it needs is missing. Without it
 * {@link NearCacheAutoConfiguration} would be passed over in silence.
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
					"'weakref.near-cache.enabled' is true, and %s is not on the class path.".formatted(library),
					"Add the dependency org.springframework.boot:spring-boot-starter-data-redis, "
							+ "or set weakref.near-cache.enabled=false.");
		}
	}

}
