package io.weakref.autoconfigure;

import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for parent and child contexts that both run the auto-configuration.
 */
class HierarchyTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class))
		.withPropertyValues("weakref.caches.tiles.key-type=java.lang.String",
				"weakref.caches.tiles.value-type=java.lang.Object");

	@Test
	void childUsesTheRegistryTheCleanerAndTheCachesOfItsParent() {
		this.contextRunner
			.run((parent) -> this.contextRunner.withParent(parent).withBean(Consumer.class).run((child) -> {
				assertThat(child).hasNotFailed();
				assertThat(child.getBean(WeakCacheRegistry.class)).isSameAs(parent.getBean(WeakCacheRegistry.class));
				assertThat(child.getBean(WeakCleaner.class)).isSameAs(parent.getBean(WeakCleaner.class));
				assertThat(child.getBean("tiles")).isSameAs(parent.getBean("tiles"));
				Consumer consumer = child.getBean(Consumer.class);
				assertThat(consumer.typed()).isSameAs(parent.getBean("tiles"));
				assertThat(consumer.named()).isSameAs(parent.getBean("tiles"));
				assertThat(consumer.requested()).isSameAs(parent.getBean(WeakCacheRegistry.class).get("requested"));
			}));
	}

	@Test
	void closingAChildLeavesRegistryAndCleanerAlone() {
		this.contextRunner.run((parent) -> {
			for (int i = 0; i < 2; i++) {
				this.contextRunner.withParent(parent)
					.withPropertyValues("weakref.caches.more.kind=set")
					.withBean("own", WeakSet.class, () -> new WeakSet<>())
					.run((child) -> {
						assertThat(child).hasNotFailed();
						assertThat(child.getBean("more")).isSameAs(parent.getBean(WeakCacheRegistry.class).get("more"));
						assertThat(parent.getBean(WeakCacheRegistry.class).names()).contains("own");
					});
				assertThat(parent.getBean(WeakCacheRegistry.class).names()).containsExactly("more", "tiles");
			}
			WeakCleaner cleaner = parent.getBean(WeakCleaner.class);
			assertThat(cleaner.isAlive()).isTrue();
			WeakSet<Object> set = parent.getBean(WeakCacheRegistry.class).set("a");
			set.add(new Object());
			GarbageCollection.until(() -> cleaner.stats().purged() == 1);
		});
	}

	@Test
	void childOfAParentWithoutWeakCachesHasItsOwn() {
		new ApplicationContextRunner().withBean("tiles", String.class, () -> "unrelated")
			.run((parent) -> this.contextRunner.withParent(parent)
				.run((child) -> assertThat(child.getBean("tiles")).isInstanceOf(WeakValueDictionary.class)));
	}

	record Consumer(WeakValueDictionary<String, Object> typed,
			@WeakCache("tiles") WeakValueDictionary<String, Object> named,
			@WeakCache("requested") WeakSet<Object> requested) {
	}

}
