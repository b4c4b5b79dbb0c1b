package io.weakref.autoconfigure;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheNameTakenException;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for caches that the application builds itself.
 */
class AdoptedCachesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class));

	@Test
	void cacheIsRegisteredUnderQualifierElseBuilderNameElseBeanName() {
		this.contextRunner.withUserConfiguration(Own.class).run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			assertThat(registry.names()).containsExactly("annotated", "built", "plainBean", "qualified");
			assertThat(registry.get("annotated")).isSameAs(context.getBean("annotatedBean"));
			assertThat(registry.get("qualified")).isSameAs(context.getBean("qualifiedBean"));
			assertThat(registry.get("built")).isSameAs(context.getBean("builtBean"));
			assertThat(registry.get("plainBean")).isSameAs(context.getBean("plainBean"));
		});
	}

	@Test
	void cacheOfAFactoryBeanIsRegisteredOnceItIsMade() {
		this.contextRunner.withBean("factory", CacheFactory.class)
			.run((context) -> assertThat(context.getBean("factory"))
				.isSameAs(context.getBean(WeakCacheRegistry.class).get("factory")));
	}

	@Test
	void sameInstanceMayBeTwoBeans() {
		this.contextRunner.withUserConfiguration(Twice.class)
			.run((context) -> assertThat(context.getBean(WeakCacheRegistry.class).names()).containsExactly("tiles"));
	}

	@Test
	void anotherInstanceUnderATakenNameIsAnErrorThatNamesBoth() {
		this.contextRunner.withUserConfiguration(Clash.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(WeakCacheNameTakenException.class)
				.hasMessage("The weak cache name 'tiles' is taken by bean 'one' of kind values, "
						+ "so bean 'two' of kind set cannot have it"));
	}

	@Test
	void ownCacheWithTheNameOfADeclaredOneIsAnErrorThatNamesThePropertyAndTheBean() {
		this.contextRunner.withPropertyValues("weakref.caches.tiles.kind=values")
			.withBean("mine", WeakValueDictionary.class, () -> WeakValueDictionary.builder().name("tiles").build())
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(WeakCacheNameTakenException.class)
				.hasMessageContaining("weakref.caches.tiles")
				.hasMessageContaining("bean 'mine'"));
	}

	@Test
	void cacheFromTheRegistryIsNotAdoptedAgain() {
		this.contextRunner.withUserConfiguration(FromRegistry.class)
			.run((context) -> assertThat(context.getBean(WeakCacheRegistry.class).names()).containsExactly("tiles"));
	}

	@Test
	@SuppressWarnings("unchecked")
	void onlySingletonsAreAdopted() {
		this.contextRunner.withUserConfiguration(ShortLived.class)
			.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.run((context) -> {
				assertThat(context.getBean("prototype")).isNotSameAs(context.getBean("prototype"));
				Object value = new Object();
				((WeakValueDictionary<String, Object>) context.getBean("scoped")).put("a", value);
				assertThat((WeakValueDictionary<String, Object>) context
					.getBean(ScopedProxyUtils.getTargetBeanName("scoped"))).containsEntry("a", value);
				assertThat(context.getBean(WeakCacheRegistry.class).names()).isEmpty();
			});
	}

	@Test
	void adoptedCacheLeavesTheRegistryWithItsBean() {
		WeakCleaner cleaner = WeakCleaner.shared();
		WeakCacheRegistry registry = new WeakCacheRegistry(cleaner);
		for (int i = 0; i < 2; i++) {
			this.contextRunner.withBean(WeakCacheRegistry.class, () -> registry)
				.withUserConfiguration(Own.class)
				.withBean("factory", CacheFactory.class)
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(context.getBean("factory")).isInstanceOf(WeakSet.class);
					assertThat(registry.names()).hasSize(5);
				});
			assertThat(registry.names()).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		@WeakCache("annotated")
		WeakValueDictionary<String, Object> annotatedBean() {
			return WeakValueDictionary.<String, Object>builder().name("ignored").build();
		}

		@Bean
		@Qualifier("qualified")
		WeakKeyDictionary<Object, String> qualifiedBean() {
			return WeakKeyDictionary.<Object, String>builder().name("ignored").build();
		}

		@Bean
		WeakSet<Object> builtBean() {
			return WeakSet.builder().name("built").build();
		}

		@Bean
		WeakSet<Thread> plainBean() {
			return new WeakSet<>();
		}

	}

	static class CacheFactory implements FactoryBean<WeakSet<String>> {

		@Override
		public WeakSet<String> getObject() {
			return new WeakSet<>();
		}

		@Override
		public Class<?> getObjectType() {
			return WeakSet.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Twice {

		@Bean
		WeakSet<Object> one() {
			return WeakSet.builder().name("tiles").build();
		}

		@Bean
		WeakSet<Object> two(WeakSet<Object> one) {
			return one;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Clash {

		@Bean
		WeakValueDictionary<String, Object> one() {
			return WeakValueDictionary.<String, Object>builder().name("tiles").build();
		}

		@Bean
		WeakSet<Object> two() {
			return WeakSet.builder().name("tiles").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FromRegistry {

		@Bean
		WeakSet<Object> mine(WeakCacheRegistry registry) {
			return registry.set("tiles");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ShortLived {

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		WeakSet<Object> prototype() {
			return WeakSet.builder().name("prototype").build();
		}

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		WeakValueDictionary<String, Object> scoped() {
			return WeakValueDictionary.<String, Object>builder().name("scoped").build();
		}

	}

}
