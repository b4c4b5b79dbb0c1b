package io.weakref.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the starter, with all its features enabled, leaves everything as it is that
 * an application has without it.
 */
class GuestTests {

	private static final Class<?>[] HOUSE = { TaskExecutionAutoConfiguration.class, CacheAutoConfiguration.class,
			MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
			TaskExecutorMetricsAutoConfiguration.class, HealthContributorAutoConfiguration.class,
			HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class };

	@Test
	void everyBeanOfTheApplicationStaysAndEveryNewOneBelongsToTheStarter() {
		Stay.WITHOUT_GUESTS.run((without) -> Stay.WITH_GUESTS.run((with) -> {
			assertThat(beans(with)).containsAll(beans(without));
			Set<String> added = beans(with);
			added.removeAll(beans(without));
			assertThat(added).isNotEmpty()
				.allMatch((name) -> name.contains("weak") || name.startsWith("io.weakref.") || name.equals("tiles"));
		}));
	}

	@ParameterizedTest
	@EnumSource
	void applicationTaskExecutorIsTheOnlyTaskExecutor(Stay stay) {
		stay.run((context) -> {
			assertThat(context).hasBean("applicationTaskExecutor");
			assertThat(context.getBean(TaskExecutor.class)).isSameAs(context.getBean("applicationTaskExecutor"));
			assertThat(context.getBean(NeedsExecutor.class).executor())
				.isSameAs(context.getBean("applicationTaskExecutor"));
			assertThat(context.getBean("applicationTaskExecutor")).isInstanceOf(ThreadPoolTaskExecutor.class);
		}, NeedsExecutor.class);
	}

	@ParameterizedTest
	@EnumSource
	void asynchronousMethodsRunOnTheApplicationTaskExecutor(Stay stay) {
		stay.run((context) -> assertThat(
				context.getBean(Worker.class).asynchronously().get(30, TimeUnit.SECONDS).getName())
			.startsWith("task-"));
	}

	@ParameterizedTest
	@EnumSource
	void scheduledMethodsRunOnTheTaskScheduler(Stay stay) {
		stay.run((context) -> {
			assertThat(context).hasSingleBean(TaskScheduler.class).hasBean("taskScheduler");
			assertThat(context.getBean(Worker.class).whereScheduled().get(30, TimeUnit.SECONDS).getName())
				.startsWith("scheduling-");
		}, Scheduling.class);
	}

	@ParameterizedTest
	@EnumSource
	void cacheManagerIsTheApplicationsOwn(Stay stay) {
		stay.run((context) -> {
			assertThat(context.getBean("cacheManager")).isInstanceOf(ConcurrentMapCacheManager.class);
			assertThat(context.getBean(CacheManager.class)).isSameAs(context.getBean("cacheManager"));
			Worker worker = context.getBean(Worker.class);
			assertThat(worker.cached("a")).isSameAs(worker.cached("a"));
			assertThat(context.getBean("cacheManager", CacheManager.class).getCacheNames()).containsExactly("cached");
		});
	}

	@ParameterizedTest
	@EnumSource
	void healthGroupsAreTheApplicationsOwn(Stay stay) {
		stay.run((context) -> assertThat(context.getBean(HealthEndpointGroups.class).getNames())
			.containsExactly("mine"));
	}

	@Test
	void everyMeterOfTheApplicationStaysAndEveryNewOneBelongsToTheStarter() {
		Stay.WITHOUT_GUESTS.run((without) -> Stay.WITH_GUESTS.run((with) -> {
			assertThat(meters(with)).containsAll(meters(without));
			Set<String> added = meters(with);
			added.removeAll(meters(without));
			assertThat(added).isNotEmpty()
				.allMatch((meter) -> meter.startsWith("weakref.") || meter.contains("weakrefCleanerExecutor")
						|| meter.contains("weakCacheManager") || meter.contains("cache.manager=weak"));
		}));
	}

	private static Set<String> beans(AssertableApplicationContext context) {
		return Arrays.stream(context.getBeanDefinitionNames())
			.map((name) -> name + " " + context.getType(name))
			.map((bean) -> bean.replaceAll("\\$\\$.*", ""))
			.collect(Collectors.toSet());
	}

	private static Set<String> meters(AssertableApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.getMeters()
			.stream()
			.map((meter) -> meter.getId().getName() + meter.getId().getTags())
			.collect(Collectors.toSet());
	}

	enum Stay {

		WITHOUT_GUESTS, WITH_GUESTS;

		void run(ContextConsumer<AssertableApplicationContext> test, Class<?>... more) {
			List<Class<?>> configurations = new ArrayList<>(List.of(HOUSE));
			if (this == WITH_GUESTS) {
				configurations.addAll(guests());
			}
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(configurations.toArray(Class<?>[]::new)))
				.withUserConfiguration(House.class)
				.withUserConfiguration(more)
				.withBean(Worker.class)
				.withPropertyValues("weakref.caches.tiles.kind=values", "weakref.spring-cache.enabled=true",
						"spring.cache.type=simple", "management.endpoint.health.group.mine.include=*",
						"management.endpoints.web.exposure.include=*")
				.run((context) -> {
					assertThat(context).hasNotFailed();
					test.accept(context);
				});
		}

		private static List<Class<?>> guests() {
			return ImportCandidates.load(AutoConfiguration.class, GuestTests.class.getClassLoader())
				.getCandidates()
				.stream()
				.filter((name) -> name.startsWith("io.weakref."))
				.<Class<?>>map((name) -> {
					try {
						return Class.forName(name);
					}
					catch (ClassNotFoundException ex) {
						throw new IllegalStateException(ex);
					}
				})
				.toList();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableCaching
	static class House {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@ImportAutoConfiguration(TaskSchedulingAutoConfiguration.class)
	static class Scheduling {

	}

	static class Worker {

		private final CompletableFuture<Thread> scheduled = new CompletableFuture<>();

		CompletableFuture<Thread> whereScheduled() {
			return this.scheduled;
		}

		@Async
		CompletableFuture<Thread> asynchronously() {
			return CompletableFuture.completedFuture(Thread.currentThread());
		}

		@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
		void scheduled() {
			this.scheduled.complete(Thread.currentThread());
		}

		@Cacheable("cached")
		Object cached(String key) {
			return new Object();
		}

	}

	record NeedsExecutor(Executor executor) {
	}

}
