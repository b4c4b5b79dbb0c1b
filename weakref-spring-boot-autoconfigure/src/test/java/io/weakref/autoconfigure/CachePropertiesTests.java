package io.weakref.autoconfigure;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.NotReferenceableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.ResolvableType;
import org.springframework.test.util.ReflectionTestUtils;

import static io.weakref.collection.WeakCacheKind.KEYS;
import static io.weakref.collection.WeakCacheKind.LOCKS;
import static io.weakref.collection.WeakCacheKind.SET;
import static io.weakref.collection.WeakCacheKind.VALUES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Sets each property of a cache, one at a time and for each kind, and checks the cache
 * that is built. A new property needs an example here.
 */
class CachePropertiesTests {

	private static final Set<WeakCacheKind> ALL_KINDS = EnumSet.allOf(WeakCacheKind.class);

	/**
	 * For each property the kinds that have it, a value that is not its default, and a
	 * check of its effect.
	 */
	private static final List<Example> EXAMPLES = List.of(
			new Example("kind", ALL_KINDS, null,
					(context, cache) -> assertThat(cache).isInstanceOf(cache.kind().collectionType())
						.isSameAs(context.getBean(cache.kind().collectionType()))),
			new Example("key-type", EnumSet.of(VALUES, KEYS, LOCKS), "java.lang.Thread",
					(context, cache) -> assertThat(typeOf("key-type", context, cache)).isEqualTo(Thread.class)),
			new Example("value-type", EnumSet.of(VALUES, KEYS), "java.lang.Thread",
					(context, cache) -> assertThat(typeOf("value-type", context, cache)).isEqualTo(Thread.class)),
			new Example("element-type", EnumSet.of(SET), "java.lang.Thread",
					(context, cache) -> assertThat(typeOf("element-type", context, cache)).isEqualTo(Thread.class)),
			new Example("initial-capacity", ALL_KINDS, "1000000",
					(context, cache) -> assertThat(bins(cache)).isGreaterThan(1_000_000)),
			new Example("record-stats", ALL_KINDS, "false",
					(context, cache) -> assertThat(cache.isRecordingStats()).isFalse()),
			new Example("key-match", EnumSet.of(KEYS, SET), "identity", (context, cache) -> {
				Object one = new Equal();
				Object other = new Equal();
				add(cache, one);
				add(cache, other);
				assertThat(weakSides(cache)).hasSize(2);
			}), new Example("key-retention", EnumSet.of(KEYS, SET), "newest", (context, cache) -> {
				Object one = new Equal();
				Object other = new Equal();
				add(cache, one);
				add(cache, other);
				assertThat(weakSides(cache)).singleElement().isSameAs(other).isNotSameAs(one);
			}),
			new Example("referents", EnumSet.of(VALUES, KEYS, SET), "strict",
					(context, cache) -> assertThatExceptionOfType(NotReferenceableException.class)
						.isThrownBy(() -> add(cache, "a String"))),
			new Example("hold-for", EnumSet.of(VALUES), "10m",
					(context, cache) -> assertThat(heldAfterAddingThree(cache)).isEqualTo(3)),
			new Example("hold-max", EnumSet.of(VALUES), "2",
					(context, cache) -> assertThat(heldAfterAddingThree(cache)).isEqualTo(2)));

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class));

	static Stream<Example> examples() {
		return EXAMPLES.stream();
	}

	static Stream<Example> examplesOfDefaults() {
		Set<String> defaults = propertiesOfDefaults();
		return EXAMPLES.stream().filter((example) -> defaults.contains(example.property()));
	}

	@Test
	void everyPropertyOfACacheHasAnExample() {
		assertThat(EXAMPLES).extracting(Example::property)
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(WeakrefProperties.Cache.class.getRecordComponents())
				.map((component) -> DataObjectPropertyName.toDashedForm(component.getName()))
				.toList());
	}

	@Test
	void everyDefaultIsOneOfAPropertyOfACache() {
		assertThat(propertiesOfDefaults()).isNotEmpty().isSubsetOf(EXAMPLES.stream().map(Example::property).toList());
	}

	@ParameterizedTest
	@MethodSource("examples")
	void propertyIsAppliedToTheKindsThatHaveItAndRefusedForTheOthers(Example example) {
		for (WeakCacheKind kind : WeakCacheKind.values()) {
			boolean has = example.kinds().contains(kind);
			ApplicationContextRunner declared = declared(kind);
			if (example.value() != null) {
				declared = declared
					.withPropertyValues("weakref.caches.tested.%s=%s".formatted(example.property(), example.value()));
			}
			declared.run((context) -> {
				if (has) {
					assertThat(context).hasNotFailed();
					example.check().accept(context, context.getBean("tested", WeakCollection.class));
				}
				else {
					assertThat(context).getFailure()
						.isInstanceOf(InvalidWeakrefPropertiesException.class)
						.hasMessageContaining(
								"A cache of kind %s has no %s, only kind ".formatted(kind, example.property()));
				}
			});
		}
	}

	@ParameterizedTest
	@MethodSource("examplesOfDefaults")
	void defaultIsAppliedToTheKindsThatHaveTheProperty(Example example) {
		for (WeakCacheKind kind : example.kinds()) {
			declared(kind).withPropertyValues("weakref.defaults.%s=%s".formatted(example.property(), example.value()))
				.run((context) -> example.check().accept(context, context.getBean("tested", WeakCollection.class)));
		}
	}

	private ApplicationContextRunner declared(WeakCacheKind kind) {
		return this.contextRunner.withPropertyValues("weakref.caches.tested.kind=" + kind)
			.withPropertyValues(kind.typeProperties()
				.stream()
				.map("weakref.caches.tested.%s=java.lang.Object"::formatted)
				.toArray(String[]::new));
	}

	private static Set<String> propertiesOfDefaults() {
		return Arrays.stream(BeanUtils.getPropertyDescriptors(WeakrefProperties.Defaults.class))
			.filter((property) -> property.getWriteMethod() != null)
			.map((property) -> DataObjectPropertyName.toDashedForm(property.getName()))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Class<?> typeOf(String property, AssertableApplicationContext context, WeakCollection cache) {
		ResolvableType type = context.getSourceApplicationContext()
			.getAutowireCapableBeanFactory() instanceof ConfigurableListableBeanFactory factory
					? factory.getMergedBeanDefinition("tested").getResolvableType() : ResolvableType.NONE;
		return type.getGeneric(cache.kind().typeProperties().indexOf(property)).resolve(Void.class);
	}

	private static int bins(WeakCollection cache) {
		Object table = Objects.requireNonNull(ReflectionTestUtils.getField(cache, "table"));
		return Array.getLength(Objects.requireNonNull(ReflectionTestUtils.getField(table, "table")));
	}

	private static int heldAfterAddingThree(WeakCollection cache) {
		for (int i = 0; i < 3; i++) {
			add(cache, new Object());
		}
		return ((WeakValueDictionary<?, ?>) cache).heldCount();
	}

	@SuppressWarnings("unchecked")
	private static void add(WeakCollection cache, Object weakSide) {
		switch (cache.kind()) {
			case VALUES -> ((WeakValueDictionary<Object, Object>) cache).put(new Object(), weakSide);
			case KEYS -> ((WeakKeyDictionary<Object, Object>) cache).put(weakSide, new Object());
			case SET -> ((WeakSet<Object>) cache).add(weakSide);
			case LOCKS ->
				throw new IllegalArgumentException("The weak side of locks is not an object of the application");
		}
	}

	private static List<?> weakSides(WeakCollection cache) {
		return switch (cache.kind()) {
			case VALUES -> List.copyOf(((WeakValueDictionary<?, ?>) cache).values());
			case KEYS -> List.copyOf(((WeakKeyDictionary<?, ?>) cache).keySet());
			case SET -> List.copyOf((WeakSet<?>) cache);
			case LOCKS -> List.of();
		};
	}

	/** Equals every other instance. */
	private static final class Equal {

		@Override
		public boolean equals(Object other) {
			return other instanceof Equal;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	/**
	 * A value of a property, and a check of a cache for which it is set.
	 *
	 * @param kinds the kinds of cache that have the property
	 * @param value null if only the kind is set
	 */
	record Example(String property, Set<WeakCacheKind> kinds, @Nullable String value, Check check) {

		@Override
		public String toString() {
			return this.property;
		}

	}

	interface Check {

		void accept(AssertableApplicationContext context, WeakCollection cache);

	}

}
