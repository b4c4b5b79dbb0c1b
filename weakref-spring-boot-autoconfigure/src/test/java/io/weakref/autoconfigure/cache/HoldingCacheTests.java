package io.weakref.autoconfigure.cache;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.cache.WeakCacheManager;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that caches which no property declares hold their values, too, and which calls of
 * Spring's cache abstraction are uses of a value.
 */
class HoldingCacheTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
				WeakCacheManagerAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("weakref.spring-cache.enabled=true");

	private final Object value = new Object();

	@Test
	@Tag("promise-48")
	void defaultsOfHoldingReachTheCachesThatAreCreatedOnDemand() {
		this.runner.withPropertyValues("weakref.defaults.hold-max=2").withBean(Injected.class).run((context) -> {
			Cache cache = Objects.requireNonNull(context.getBean(WeakCacheManager.class).getCache("of-manager"));
			for (int i = 0; i < 5; i++) {
				cache.put(i, new Object());
			}
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			assertThat(((WeakValueDictionary<?, ?>) registry.get("of-manager")).heldCount()).isEqualTo(2);
			assertThat(context.getBean(Injected.class).values.isHolding()).isTrue();
			assertThat(context.getBean(Injected.class).keys.size()).isZero();
			assertThat(registry.values("of-registry").isHolding()).isTrue();
		});
	}

	@Test
	@Tag("promise-48")
	@Tag("promise-52")
	void everyCallOfACacheThatReturnsOrStoresAValueHoldsItAndEvictionReleasesIt() {
		this.runner.withPropertyValues("weakref.defaults.hold-for=10m").run((context) -> {
			Cache cache = Objects.requireNonNull(context.getBean(WeakCacheManager.class).getCache("values"));
			WeakValueDictionary<Object, Object> values = context.getBean(WeakCacheRegistry.class).values("values");
			holds(values, () -> cache.put("key", this.value));
			holds(values, () -> cache.putIfAbsent("key", new Object()));
			holds(values, () -> cache.get("key"));
			holds(values, () -> cache.get("key", Object.class));
			holds(values, () -> cache.get("key", Object::new));
			holds(values, () -> Objects.requireNonNull(cache.retrieve("key")).join());
			holds(values, () -> cache.retrieve("key", () -> CompletableFuture.completedFuture(new Object())).join());
			cache.evict("key");
			assertThat(values.heldCount()).isZero();
			holds(values, () -> cache.get("key", () -> this.value));
			cache.clear();
			assertThat(values.heldCount()).isZero();
			holds(values, () -> cache.retrieve("key", () -> CompletableFuture.completedFuture(this.value)).join());
			cache.invalidate();
			assertThat(values.heldCount()).isZero();
		});
	}

	private static void holds(WeakValueDictionary<?, ?> values, Runnable call) {
		values.releaseHeld();
		assertThat(values.heldCount()).isZero();
		call.run();
		assertThat(values.heldCount()).isEqualTo(1);
	}

	/** Has caches that are created on demand. */
	private static final class Injected {

		private final WeakValueDictionary<String, Object> values;

		private final WeakKeyDictionary<Object, String> keys;

		Injected(@WeakCache("injected") WeakValueDictionary<String, Object> values,
				@WeakCache("injected-keys") WeakKeyDictionary<Object, String> keys) {
			this.values = values;
			this.keys = keys;
		}

	}

}
