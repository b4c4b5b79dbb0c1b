package io.weakref.autoconfigure;

import java.util.Optional;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakCollectionBuilder;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheBuilderCustomizer;
import io.weakref.context.WeakCacheNameTakenException;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.context.WeakCacheTypeMismatchException;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import org.springframework.core.Ordered;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for caches that are requested with {@link WeakCache @WeakCache}.
 */
class OnDemandCachesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class));

	@Test
	void typeAtTheInjectionPointDecidesTheKind() {
		this.contextRunner.withBean(Kinds.class).run((context) -> {
			Kinds kinds = context.getBean(Kinds.class);
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			assertThat(registry.names()).containsExactly("a", "b", "c", "d");
			assertThat(registry.get("a")).isSameAs(kinds.values());
			assertThat(registry.get("b")).isSameAs(kinds.keys());
			assertThat(registry.get("c")).isSameAs(kinds.set());
			assertThat(registry.get("d")).isSameAs(kinds.locks());
		});
	}

	@Test
	void sameNameGivesTheSameObjectEverywhere() {
		this.contextRunner.withUserConfiguration(Everywhere.class).run((context) -> {
			Everywhere everywhere = context.getBean(Everywhere.class);
			WeakCollection cache = context.getBean(WeakCacheRegistry.class).get("tiles");
			assertThat(everywhere.field).isSameAs(cache);
			assertThat(everywhere.setter).isSameAs(cache);
			assertThat(everywhere.annotatedMethod).isSameAs(cache);
			assertThat(everywhere.provider.getObject()).isSameAs(cache);
			assertThat(everywhere.optional).containsSame(everywhere.field);
			assertThat(context.getBean("holder", Holder.class).cache()).isSameAs(cache);
			Object value = new Object();
			everywhere.lazy.put("a", value);
			assertThat(everywhere.field.get("a")).isSameAs(value);
		});
	}

	@Test
	void declaredCacheWithTheNameIsPreferred() {
		this.contextRunner
			.withPropertyValues("weakref.caches.tiles.key-type=java.lang.String",
					"weakref.caches.tiles.value-type=java.lang.Object", "weakref.caches.tiles.record-stats=false")
			.withUserConfiguration(Everywhere.class)
			.run((context) -> {
				assertThat(context.getBean(Everywhere.class).field).isSameAs(context.getBean("tiles"));
				assertThat(context.getBean(WeakCacheRegistry.class).get("tiles").isRecordingStats()).isFalse();
			});
	}

	@Test
	void declaredCacheWithAnotherNameIsNotUsed() {
		this.contextRunner
			.withPropertyValues("weakref.caches.other.key-type=java.lang.String",
					"weakref.caches.other.value-type=java.lang.Object")
			.withUserConfiguration(Everywhere.class)
			.run((context) -> assertThat(context.getBean(Everywhere.class).field)
				.isNotSameAs(context.getBean("other")));
	}

	@Test
	void userBeanWithTheNameIsUsedHoweverItGotTheName() {
		this.contextRunner.withUserConfiguration(Named.class, Everywhere.class)
			.run((context) -> assertThat(context.getBean(Everywhere.class).field).isSameAs(context.getBean("mine")));
		this.contextRunner.withUserConfiguration(NamedAndRaw.class, Everywhere.class)
			.run((context) -> assertThat(context.getBean(Everywhere.class).field).isSameAs(context.getBean("mine")));
		this.contextRunner.withUserConfiguration(NamedByQualifier.class, Everywhere.class)
			.run((context) -> assertThat(context.getBean(Everywhere.class).field).isSameAs(context.getBean("mine")));
	}

	@Test
	void userBeanWithAnotherNameIsNotUsed() {
		this.contextRunner.withUserConfiguration(TwoNamed.class, Everywhere.class)
			.run((context) -> assertThat(context.getBean(Everywhere.class).field)
				.isSameAs(context.getBean(WeakCacheRegistry.class).get("tiles"))
				.isNotSameAs(context.getBean("first"))
				.isNotSameAs(context.getBean("second")));
		this.contextRunner.withUserConfiguration(TwoNamed.class, Named.class, Everywhere.class)
			.run((context) -> assertThat(context.getBean(Everywhere.class).field).isSameAs(context.getBean("mine")));
	}

	@Test
	void anotherKindUnderATakenNameIsAnError() {
		this.contextRunner.withUserConfiguration(Everywhere.class)
			.withBean(OtherKind.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(WeakCacheNameTakenException.class)
				.hasMessageContaining("'tiles'")
				.hasMessageContaining("parameter 0 of the constructor of " + OtherKind.class.getName())
				.hasMessageContaining("of kind values")
				.hasMessageContaining("of kind set"));
	}

	@Test
	void otherTypeArgumentsThanTheDeclaredAreAnError() {
		this.contextRunner
			.withPropertyValues("weakref.caches.tiles.key-type=java.lang.String",
					"weakref.caches.tiles.value-type=byte[]")
			.withUserConfiguration(Everywhere.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(WeakCacheTypeMismatchException.class)
				.hasMessageContaining("WeakValueDictionary<java.lang.String, java.lang.Object>")
				.hasMessageContaining("WeakValueDictionary<java.lang.String, byte[]>"));
	}

	@Test
	void lookingUpAllBeansOfATypeCreatesNoCache() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBeansOfType(WeakCollection.class)).isEmpty();
			assertThat(context.getBeansOfType(Object.class)).doesNotContainValue(null);
			assertThat(context.getBeanProvider(WeakSet.class).stream().count()).isZero();
			assertThat((Object) context.getBeanProvider(WeakSet.class).getIfAvailable()).isNull();
			assertThat(context.getBean(WeakCacheRegistry.class).names()).isEmpty();
		});
	}

	@Test
	void onlyCacheOfAKindIsFoundByItsClass() {
		this.contextRunner.withPropertyValues("weakref.caches.viewers.kind=set")
			.run((context) -> assertThat((Object) context.getBean(WeakSet.class)).isSameAs(context.getBean("viewers")));
	}

	@Test
	void noCacheIsCreatedForAnInjectionPointWithoutAName() {
		this.contextRunner.withBean(Unnamed.class).run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void defaultsApplyAndCustomizersSeeEveryCacheInTheirOrder() {
		this.contextRunner.withPropertyValues("weakref.defaults.record-stats=false", "weakref.caches.declared.kind=set")
			.withBean(Kinds.class)
			.withBean("second", WeakCacheBuilderCustomizer.class, () -> new Recorder(2))
			.withBean("first", WeakCacheBuilderCustomizer.class, () -> new Recorder(1))
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				assertThat(registry.values("more")).isNotNull();
				assertThat(registry.get("a").isRecordingStats()).isFalse();
				assertThat(registry.get("more").isRecordingStats()).isTrue();
				assertThat(context.getBean("first", Recorder.class).seen.toString())
					.isEqualTo("declared:set a:values b:keys c:set d:locks more:values ");
			});
	}

	record Kinds(@WeakCache("a") WeakValueDictionary<String, Object> values,
			@WeakCache("b") WeakKeyDictionary<Thread, String> keys, @WeakCache("c") WeakSet<Thread> set,
			@WeakCache("d") WeakLocks<String> locks) {
	}

	record OtherKind(@WeakCache("tiles") WeakSet<Object> set) {
	}

	record Unnamed(WeakSet<Object> set) {
	}

	record Holder(WeakValueDictionary<String, Object> cache) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Everywhere {

		@Autowired
		@WeakCache("tiles")
		WeakValueDictionary<String, Object> field;

		WeakValueDictionary<String, Object> setter;

		WeakValueDictionary<String, Object> annotatedMethod;

		@Autowired
		@WeakCache("tiles")
		ObjectProvider<WeakValueDictionary<String, Object>> provider;

		@Autowired
		@WeakCache("tiles")
		Optional<WeakValueDictionary<String, Object>> optional;

		@Autowired
		@Lazy
		@WeakCache("tiles")
		WeakValueDictionary<String, Object> lazy;

		@Autowired
		void setSetter(@WeakCache("tiles") WeakValueDictionary<String, Object> cache) {
			this.setter = cache;
		}

		@Autowired
		@WeakCache("tiles")
		void setAnnotatedMethod(WeakValueDictionary<String, Object> cache) {
			this.annotatedMethod = cache;
		}

		@Bean
		Holder holder(@WeakCache("tiles") WeakValueDictionary<String, Object> cache) {
			return new Holder(cache);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoNamed {

		@Bean
		@WeakCache("one")
		WeakValueDictionary<String, Object> first() {
			return WeakValueDictionary.<String, Object>builder().build();
		}

		@Bean
		@WeakCache("two")
		WeakValueDictionary<String, Object> second() {
			return WeakValueDictionary.<String, Object>builder().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		@Bean
		@WeakCache("tiles")
		WeakValueDictionary<String, Object> mine() {
			return WeakValueDictionary.<String, Object>builder().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@SuppressWarnings("rawtypes")
	static class NamedAndRaw {

		@Bean
		@WeakCache("tiles")
		WeakValueDictionary mine() {
			return new WeakValueDictionary();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedByQualifier {

		@Bean
		@Qualifier("tiles")
		WeakValueDictionary<String, Object> mine() {
			return WeakValueDictionary.<String, Object>builder().build();
		}

	}

	static class Recorder implements WeakCacheBuilderCustomizer, Ordered {

		private final int order;

		private final StringBuilder seen = new StringBuilder();

		Recorder(int order) {
			this.order = order;
		}

		@Override
		public void customize(WeakCollectionBuilder<?> builder) {
			this.seen.append(builder.name()).append(':').append(builder.kind()).append(' ');
			if ("more".equals(builder.name())) {
				builder.recordStats(this.order == 2);
			}
		}

		@Override
		public int getOrder() {
			return this.order;
		}

	}

}
