package io.weakref.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheNameTakenException;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.target.HotSwappableTargetSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for caches that the application builds itself.
 */
@ExtendWith(OutputCaptureExtension.class)
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
	void locksAreRegisteredToo() {
		this.contextRunner.withBean("accounts", WeakLocks.class, () -> new WeakLocks<>())
			.run((context) -> assertThat(context.getBean("accounts"))
				.isSameAs(context.getBean(WeakCacheRegistry.class).get("accounts")));
	}

	@Test
	void cacheOfAFactoryBeanIsRegisteredOnceItIsCreated() {
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
	void cacheFromTheRegistryIsNotRegisteredAgain() {
		this.contextRunner.withUserConfiguration(FromRegistry.class)
			.run((context) -> assertThat(context.getBean(WeakCacheRegistry.class).names()).containsExactly("tiles"));
	}

	@Test
	@SuppressWarnings("unchecked")
	void onlySingletonsAreRegistered() {
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
	void cacheThatIsNotASingletonIsReportedOnce(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(ShortLived.class)
			.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.run((context) -> {
				context.getBean("prototype");
				context.getBean("prototype");
				assertThat(((WeakValueDictionary<?, ?>) context.getBean("scoped")).size()).isZero();
			});
		assertThat(output.toString().lines().filter((line) -> line.contains("neither registered nor metered")))
			.hasSize(2)
			.anySatisfy((line) -> assertThat(line)
				.contains("'prototype' is neither registered nor metered: its scope is 'prototype', "
						+ "and only beans with a single instance at a time are registered"))
			.anySatisfy((line) -> assertThat(line).contains("'scopedTarget.scoped'").contains("its scope is 'thread'"));
	}

	@Test
	void refreshedCacheTakesThePlaceOfTheOneBeforeIt() {
		RefreshScope scope = new RefreshScope();
		this.contextRunner.withConfiguration(AutoConfigurations.of(WeakrefMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withUserConfiguration(Refreshed.class)
			.withInitializer((context) -> context.getBeanFactory().registerScope("refresh", scope))
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				context.getBean("weakCacheMeterBinder", MeterBinder.class).bindTo(context.getBean(MeterRegistry.class));
				WeakSet<Object> viewers = context.getBean(Viewers.class).viewers();
				Object viewer = new Object();
				for (int i = 0; i < 2; i++) {
					assertThat(viewers.isEmpty()).isTrue();
					viewers.add(viewer);
					assertThat(registry.names()).containsExactly("viewers");
					assertThat(registry.get("viewers"))
						.isSameAs(context.getBean(ScopedProxyUtils.getTargetBeanName("viewers")));
					assertThat(context.getBean(MeterRegistry.class).get("weakref.live").gauge().value()).isEqualTo(1);
					scope.refresh();
					assertThat(registry.names()).isEmpty();
				}
			});
	}

	@Test
	void registryHasTheCacheThatAnotherPostProcessorWraps() {
		this.contextRunner.withPropertyValues("weakref.caches.declared.kind=set")
			.withUserConfiguration(Own.class)
			.withBean("factory", CacheFactory.class)
			.withBean(Wrapper.class)
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				for (String bean : new String[] { "declared", "plainBean", "builtBean", "factory" }) {
					WeakSet<?> proxy = context.getBean(bean, WeakSet.class);
					assertThat(AopUtils.isCglibProxy(proxy)).isTrue();
					assertThat(registry.get(bean.equals("builtBean") ? "built" : bean))
						.isSameAs(AopProxyUtils.getSingletonTarget(proxy));
				}
			});
	}

	@Test
	void registryHasTheCacheThatTheBeanItselfWraps() {
		WeakSet<Object> cache = WeakSet.builder().name("tiles").build();
		this.contextRunner.withBean("wrapped", WeakSet.class, () -> (WeakSet<?>) proxy(cache))
			.run((context) -> assertThat(context.getBean(WeakCacheRegistry.class).get("tiles")).isSameAs(cache));
	}

	@Test
	void cacheBehindAChangingTargetIsReported(CapturedOutput output) {
		this.contextRunner.withBean("changing", WeakSet.class, () -> {
			ProxyFactory factory = new ProxyFactory();
			factory.setTargetSource(new HotSwappableTargetSource(new WeakSet<>()));
			factory.setProxyTargetClass(true);
			return (WeakSet<?>) factory.getProxy();
		}).run((context) -> assertThat(context.getBean(WeakCacheRegistry.class).names()).isEmpty());
		assertThat(output)
			.contains("'changing' is neither registered nor metered: it is a proxy whose target cannot be determined");
	}

	@Test
	void cacheIsRemovedFromTheRegistryWhenItsBeanIsDestroyed() {
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

	private static Object proxy(Object target) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(true);
		return factory.getProxy();
	}

	static class Wrapper implements BeanPostProcessor, PriorityOrdered {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof WeakCollection) ? proxy(bean) : bean;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

	/**
	 * Has one instance of each bean for all threads until it is refreshed, like the scope
	 * with that name in Spring Cloud.
	 */
	static class RefreshScope implements Scope {

		private final Map<String, Object> instances = new ConcurrentHashMap<>();

		private final Map<String, Runnable> callbacks = new ConcurrentHashMap<>();

		void refresh() {
			this.instances.clear();
			List.copyOf(this.callbacks.keySet()).forEach(this::destroy);
		}

		private void destroy(String name) {
			Runnable callback = this.callbacks.remove(name);
			if (callback != null) {
				callback.run();
			}
		}

		@Override
		public Object get(String name, ObjectFactory<?> objectFactory) {
			return this.instances.computeIfAbsent(name, (key) -> objectFactory.getObject());
		}

		@Override
		public @Nullable Object remove(String name) {
			this.callbacks.remove(name);
			return this.instances.remove(name);
		}

		@Override
		public void registerDestructionCallback(String name, Runnable callback) {
			this.callbacks.put(name, callback);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Viewers.class)
	static class Refreshed {

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.TARGET_CLASS)
		WeakSet<Object> viewers() {
			return new WeakSet<>();
		}

	}

	record Viewers(WeakSet<Object> viewers) {
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
		@org.springframework.context.annotation.Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		WeakSet<Object> prototype() {
			return WeakSet.builder().name("prototype").build();
		}

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		WeakValueDictionary<String, Object> scoped() {
			return WeakValueDictionary.<String, Object>builder().name("scoped").build();
		}

	}

}
