package io.weakref.autoconfigure.metrics;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.context.WeakCacheRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the Micrometer meters of weak
 * caches, of their cleaner and of its executor. Boot binds them to the meter registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WeakrefAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(WeakCacheRegistry.class)
public final class WeakrefMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "weakCacheMeterBinder")
	WeakCacheMeterBinder weakCacheMeterBinder(WeakCacheRegistry weakCacheRegistry,
			ObjectProvider<WeakCleaner> cleaners) {
		return new WeakCacheMeterBinder(weakCacheRegistry, cleaners.stream());
	}

	@Bean
	@ConditionalOnMissingBean(name = "weakrefCleanerExecutorMeterBinder")
	MeterBinder weakrefCleanerExecutorMeterBinder(
			@Qualifier("weakrefCleanerExecutor") ObjectProvider<Executor> executor) {
		return (registry) -> executor.ifAvailable((candidate) -> {
			if (candidate instanceof ExecutorService service) {
				new ExecutorServiceMetrics(service, "weakrefCleanerExecutor", Tags.empty()).bindTo(registry);
			}
		});
	}

}
