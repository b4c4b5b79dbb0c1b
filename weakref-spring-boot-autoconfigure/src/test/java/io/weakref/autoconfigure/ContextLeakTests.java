package io.weakref.autoconfigure;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that contexts that are started and closed leave nothing behind.
 */
@Tag("slow")
class ContextLeakTests {

	private static final int CONTEXTS = 50;

	@Test
	void successiveContextsLeaveNoThreadContextOrClassLoaderBehind() {
		List<WeakReference<?>> left = new ArrayList<>();
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		for (int i = 0; i < CONTEXTS; i++) {
			runContext(left, meters);
		}
		GarbageCollection.await(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((thread) -> thread.getName().startsWith("leak-tests")
					|| thread.getName().startsWith("weakref-callback-")));
		GarbageCollection.until(() -> left.stream().allMatch((reference) -> reference.refersTo(null)));
		assertThat(left).hasSize(4 * CONTEXTS);
		assertThat(meters.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("weakref"));
	}

	private static void runContext(List<WeakReference<?>> left, SimpleMeterRegistry meters) {
		Thread thread = Thread.currentThread();
		ClassLoader previous = thread.getContextClassLoader();
		ClassLoader classLoader = new URLClassLoader(new URL[0], previous);
		thread.setContextClassLoader(classLoader);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setClassLoader(classLoader);
			TestPropertyValues
				.of("weakref.cleaner.thread-name=leak-tests", "weakref.caches.tiles.key-type=java.lang.String",
						"weakref.caches.tiles.value-type=java.lang.Object")
				.applyTo(context);
			context.register(WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class);
			context.registerBean(Consumer.class);
			context.registerBean("adopted", WeakSet.class, () -> new WeakSet<>());
			context.refresh();
			context.getBean("weakCacheMeterBinder", MeterBinder.class).bindTo(meters);
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			CleanerInternals.dispatch(cleaner, "test", () -> {
			});
			context.getBean(Consumer.class).tiles().put("a", new Object());
			left.add(new WeakReference<>(context));
			left.add(new WeakReference<>(classLoader));
			left.add(new WeakReference<>(cleaner));
			left.add(new WeakReference<>(context.getBean(WeakCacheRegistry.class)));
		}
		finally {
			thread.setContextClassLoader(previous);
		}
	}

	record Consumer(WeakValueDictionary<String, Object> tiles, @WeakCache("requested") WeakSet<Object> requested) {
	}

}
