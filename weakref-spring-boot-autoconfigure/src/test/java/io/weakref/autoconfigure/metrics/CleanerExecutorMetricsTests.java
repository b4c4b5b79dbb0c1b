package io.weakref.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the executor of the callbacks is metered by Micrometer's own binder.
 */
class CleanerExecutorMetricsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, TaskExecutorMetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class);

	@Test
	void callbacksThatRanAreCounted() {
		this.runner.run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(completed(registry, "weakrefCleanerExecutor")).isZero();
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), this, () -> {
			});
			GarbageCollection.await(() -> completed(registry, "weakrefCleanerExecutor") == 1);
		});
	}

	@Test
	void executorOfTheApplicationIsMeteredToo() {
		this.runner.run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.find("executor.active").gauges()).extracting((gauge) -> gauge.getId().getTag("name"))
				.containsExactlyInAnyOrder("weakrefCleanerExecutor", "applicationTaskExecutor");
		});
	}

	@Test
	void executorThatReplacesItIsMetered() {
		this.runner.withUserConfiguration(ExecutorConfiguration.class).run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			CleanerInternals.dispatch(context.getBean(WeakCleaner.class), this, () -> {
			});
			GarbageCollection.await(() -> completed(registry, "weakrefCleanerExecutor") == 1);
		});
	}

	private static double completed(MeterRegistry registry, String executor) {
		return registry.get("executor.completed").tag("name", executor).functionCounter().count();
	}

	@Configuration(proxyBeanMethods = false)
	static class ExecutorConfiguration {

		@Bean(defaultCandidate = false)
		ThreadPoolTaskExecutor weakrefCleanerExecutor() {
			return new ThreadPoolTaskExecutor();
		}

	}

}
