package io.weakref.autoconfigure.metrics;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakrefMetricsAutoConfiguration}.
 */
class WeakrefMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class));

	private final ApplicationContextRunner withBoot = this.contextRunner
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, TaskExecutorMetricsAutoConfiguration.class));

	@Test
	void metersAreAddedAndRemovedWithTheirCaches() {
		this.withBoot.withPropertyValues("weakref.caches.declared.kind=set").run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			assertThat(caches(meters)).containsExactly("declared");
			registry.values("later");
			assertThat(caches(meters)).containsExactlyInAnyOrder("declared", "later");
			registry.remove("declared");
			assertThat(caches(meters)).containsExactly("later");
			registry.values("declared");
			assertThat(meters.get("weakref.live").tags("cache", "declared", "kind", "values").gauge().value()).isZero();
		});
	}

	@Test
	void cacheBuiltAsABeanIsMetered() {
		this.withBoot.withBean("mine", WeakSet.class, () -> WeakSet.builder().recordStats(true).build())
			.run((context) -> assertThat(caches(context.getBean(MeterRegistry.class))).containsExactly("mine"));
	}

	@Test
	void meterReportsACacheThatNothingElseHolds() {
		this.withBoot.run((context) -> {
			Object held = new Object();
			context.getBean(WeakCacheRegistry.class).<String, Object>values("a").put("k", held);
			GarbageCollection.collect();
			assertThat(context.getBean(MeterRegistry.class).get("weakref.live").tag("cache", "a").gauge().value())
				.isEqualTo(1);
			assertThat(held).isNotNull();
		});
	}

	@Test
	void withoutStatisticsACacheHasFewerMeters() {
		this.withBoot.withPropertyValues("weakref.defaults.record-stats=false").run((context) -> {
			context.getBean(WeakCacheRegistry.class).values("a");
			assertThat(context.getBean(MeterRegistry.class).find("weakref.gets").meters()).isEmpty();
			assertThat(context.getBean(MeterRegistry.class).find("weakref.live").meters()).hasSize(1);
		});
	}

	@Test
	void cleanerAndItsExecutorAreMetered() {
		this.withBoot.withPropertyValues("weakref.cleaner.thread-name=mine").run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("weakref.callbacks").tag("cleaner", "mine").functionCounter().count()).isZero();
			assertThat(meters.get("weakref.callbacks.pending").tag("cleaner", "mine").gauge().value()).isZero();
			assertThat(meters.get("executor.pool.size").tag("name", "weakrefCleanerExecutor").gauges()).hasSize(1);
		});
	}

	@Test
	void userCleanerIsMeteredByItsName() {
		WeakCleaner mine = WeakCleaner.builder().threadName("theirs").build();
		this.withBoot.withBean(WeakCleaner.class, () -> mine)
			.run((context) -> assertThat(
					context.getBean(MeterRegistry.class).get("weakref.callbacks").tag("cleaner", "theirs").meters())
				.hasSize(1));
	}

	@Test
	void twoContextsDoNotCollide() {
		this.withBoot.run((first) -> this.withBoot.run((second) -> {
			Object held = new Object();
			first.getBean(WeakCacheRegistry.class).<String, Object>values("a").put("k", held);
			second.getBean(WeakCacheRegistry.class).values("a");
			assertThat(first.getBean(MeterRegistry.class).get("weakref.live").gauge().value()).isEqualTo(1);
			assertThat(second.getBean(MeterRegistry.class).get("weakref.live").gauge().value()).isZero();
			assertThat(held).isNotNull();
		}));
	}

	@Test
	void metersAreRemovedFromARegistryThatOutlivesTheContext() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		this.contextRunner.withPropertyValues("weakref.caches.declared.kind=set").run((context) -> {
			context.getBeanProvider(MeterBinder.class).orderedStream().forEach((binder) -> binder.bindTo(meters));
			assertThat(caches(meters)).containsExactly("declared");
		});
		assertThat(caches(meters)).isEmpty();
		assertThat(meters.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("weakref"));
	}

	@Test
	void listenerOfAddedMetersMayCreateCachesWhileAnotherThreadCreatesOne() {
		this.withBoot.run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			CountDownLatch making = new CountDownLatch(1);
			CompletableFuture<WeakSet<Object>> made = new CompletableFuture<>();
			meters.config().onMeterAdded((meter) -> {
				if (meter.getId().getName().equals("mine")) {
					// Micrometer holds its lock here
					making.countDown();
					GarbageCollection.await(() -> registry.find("other").isPresent());
					made.complete(registry.set("more"));
				}
			});
			CompletableFuture<WeakSet<Object>> other = CompletableFuture.supplyAsync(() -> {
				awaitQuietly(making);
				return registry.set("other");
			}, (task) -> new Thread(task).start());
			CompletableFuture<Counter> mine = CompletableFuture.supplyAsync(() -> meters.counter("mine"),
					(task) -> new Thread(task).start());
			assertThat(mine).succeedsWithin(Duration.ofSeconds(10));
			assertThat(made).succeedsWithin(Duration.ofSeconds(10));
			assertThat(other).succeedsWithin(Duration.ofSeconds(10));
			GarbageCollection.await(() -> caches(meters).equals(Set.of("other", "more")));
		});
	}

	@Test
	void everythingButMetersWorksWithoutMicrometer() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.withPropertyValues("weakref.caches.tiles.kind=values")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).doesNotHaveBean(WeakrefMetricsAutoConfiguration.class);
				assertThat(context.getBean("tiles")).isInstanceOf(WeakValueDictionary.class);
				assertThat(context.getBean(WeakCacheRegistry.class).set("more")).isNotNull();
			});
	}

	@Test
	void disabledMeansNoMeters() {
		this.withBoot.withPropertyValues("weakref.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(MeterRegistry.class).getMeters())
				.noneMatch((meter) -> meter.getId().getName().startsWith("weakref"));
		});
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Set<String> caches(MeterRegistry registry) {
		return registry.find("weakref.live")
			.meters()
			.stream()
			.map((meter) -> String.valueOf(meter.getId().getTag("cache")))
			.collect(Collectors.toSet());
	}

}
