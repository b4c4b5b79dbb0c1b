package io.weakref.autoconfigure.cache;

import io.weakref.autoconfigure.ConditionalOnSwitch;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.WeakrefProperties;
import io.weakref.cache.WeakCacheManager;
import io.weakref.context.WeakCacheRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of a cache manager of weak caches
 * for Spring's cache abstraction. The manager can only be injected by name, so the
 * application's own cache provider remains the default.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class)
@ConditionalOnSwitch("weakref.spring-cache.enabled")
@ConditionalOnBean(WeakCacheRegistry.class)
public final class WeakCacheManagerAutoConfiguration {

	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean(name = "weakCacheManager")
	WeakCacheManager weakCacheManager(WeakCacheRegistry registry, ListableBeanFactory beanFactory,
			WeakrefProperties properties) {
		SpringCacheDictionaries dictionaries = new SpringCacheDictionaries(registry, beanFactory);
		return new WeakCacheManager(dictionaries::find, dictionaries, properties.getSpringCache().getCacheNames());
	}

}
