package io.weakref.autoconfigure;

import java.util.concurrent.Executor;

import io.weakref.cleaner.CallbackErrorHandler;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.context.CallbackExecutor;
import io.weakref.context.NeverShrinksWarning;
import io.weakref.context.OnDemandCacheBeans;
import io.weakref.context.WeakCacheBeanPostProcessor;
import io.weakref.context.WeakCacheBeanRegistrar;
import io.weakref.context.WeakCacheBuilderCustomizer;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.context.WeakCleanerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for weak caches: the cleaner, the
 * registry, and the caches that are declared, requested by name, or built by the
 * application as beans.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnSwitch(value = "weakref.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WeakrefProperties.class)
public final class WeakrefAutoConfiguration {

	@Bean
	static DeclaredCaches declaredWeakCaches(Environment environment) {
		return new DeclaredCaches(environment);
	}

	@Bean
	static WeakCacheBeanRegistrar weakCacheBeanRegistrar(DeclaredCaches declaredWeakCaches) {
		return new WeakCacheBeanRegistrar(declaredWeakCaches::load);
	}

	@Bean
	static OnDemandCacheBeans requestedWeakCacheBeans() {
		return new OnDemandCacheBeans();
	}

	@Bean
	static WeakCacheBeanPostProcessor weakCacheAdopter(ConfigurableListableBeanFactory beanFactory) {
		return new WeakCacheBeanPostProcessor(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	WeakCacheRegistry weakCacheRegistry(WeakCleaner weakCleaner, WeakrefProperties properties,
			ObjectProvider<WeakCacheBuilderCustomizer> customizers, WeakCacheBeanRegistrar registrar) {
		WeakCacheRegistry registry = new WeakCacheRegistry(weakCleaner,
				(builder) -> CacheOption.apply(properties.getDefaults(), builder),
				customizers.orderedStream().toList());
		registrar.registered().forEach(registry::declare);
		return registry;
	}

	@Bean
	static WeakCacheManagerReferences weakCacheManagerReferences(ConfigurableListableBeanFactory beanFactory) {
		return new WeakCacheManagerReferences(beanFactory);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	@ConditionalOnSwitch(value = "weakref.never-shrinks-warning", matchIfMissing = true)
	NeverShrinksWarning weakCacheNeverShrinksWarning(WeakCacheRegistry weakCacheRegistry) {
		return new NeverShrinksWarning(weakCacheRegistry);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(WeakCleaner.class)
	static class CleanerConfiguration {

		@Bean(defaultCandidate = false)
		@ConditionalOnMissingBean(name = "weakrefCleanerExecutor")
		CallbackExecutor weakrefCleanerExecutor(WeakrefProperties properties) {
			WeakrefProperties.Cleaner cleaner = properties.getCleaner();
			return new CallbackExecutor(cleaner.getCallbackThreads(), cleaner.isVirtualThreads(),
					cleaner.getShutdownTimeout());
		}

		@Bean
		WeakCleaner weakCleaner(WeakrefProperties properties,
				@Qualifier("weakrefCleanerExecutor") Executor weakrefCleanerExecutor,
				ObjectProvider<CallbackErrorHandler> errorHandler) {
			WeakCleaner.Builder builder = WeakCleaner.builder()
				.threadName(properties.getCleaner().getThreadName())
				.callbackExecutor(weakrefCleanerExecutor);
			errorHandler.ifAvailable(builder::errorHandler);
			return builder.build();
		}

		@Bean
		WeakCleanerLifecycle weakCleanerLifecycle(WeakCleaner weakCleaner,
				@Qualifier("weakrefCleanerExecutor") Executor weakrefCleanerExecutor) {
			return new WeakCleanerLifecycle(weakCleaner,
					(weakrefCleanerExecutor instanceof CallbackExecutor executor) ? executor : null);
		}

	}

}
