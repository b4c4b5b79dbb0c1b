package io.weakref.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for caches that are declared in properties.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeclaredCachesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class));

	private final ApplicationContextRunner tiles = this.contextRunner
		.withPropertyValues("weakref.caches.tiles.key-type=java.lang.String", "weakref.caches.tiles.value-type=byte[]");

	@Test
	void declaredCacheIsABeanWithItsName() {
		this.tiles.run((context) -> assertThat(context).getBean("tiles").isInstanceOf(WeakValueDictionary.class));
	}

	@Test
	void declaredCacheIsInTheRegistryBeforeItIsRequested() {
		this.tiles.withPropertyValues("spring.main.lazy-initialization=true").run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			assertThat(registry.names()).containsExactly("tiles");
			assertThat(registry.get("tiles")).isSameAs(context.getBean("tiles"));
		});
	}

	@Test
	void declaredCacheIsInjectedByItsTypeArguments() {
		this.tiles
			.withPropertyValues("weakref.caches.names.key-type=java.lang.Integer",
					"weakref.caches.names.value-type=java.lang.Object")
			.withUserConfiguration(ByType.class)
			.run((context) -> {
				ByType bean = context.getBean(ByType.class);
				assertThat(bean.images).isSameAs(context.getBean("tiles"));
				assertThat(bean.people).isSameAs(context.getBean("names"));
			});
	}

	@Test
	void declaredCachesAreInjectedByName() {
		this.tiles
			.withPropertyValues("weakref.caches.other.key-type=java.lang.String",
					"weakref.caches.other.value-type=byte[]")
			.withUserConfiguration(ByName.class)
			.run((context) -> assertThat(context.getBean(ByName.class).cache()).isSameAs(context.getBean("tiles")));
	}

	@Test
	void declaredCachesOfOneTypeAreInjectedTogether() {
		this.tiles
			.withPropertyValues("weakref.caches.other.key-type=java.lang.String",
					"weakref.caches.other.value-type=byte[]", "weakref.caches.third.kind=set",
					"weakref.caches.third.element-type=java.lang.Thread")
			.withUserConfiguration(Together.class)
			.run((context) -> {
				Together together = context.getBean(Together.class);
				assertThat(together.byName).containsOnlyKeys("tiles", "other");
				assertThat(together.all).containsExactlyInAnyOrder((WeakCollection) context.getBean("tiles"),
						(WeakCollection) context.getBean("other"), (WeakCollection) context.getBean("third"));
			});
	}

	@Test
	void declaredCacheIsInjectedLazilyAndThroughAProvider() {
		this.tiles.withUserConfiguration(Indirect.class).run((context) -> {
			Indirect indirect = context.getBean(Indirect.class);
			assertThat(indirect.provider.getObject()).isSameAs(context.getBean("tiles"));
			byte[] value = new byte[0];
			indirect.lazy.put("a", value);
			assertThat(indirect.provider.getObject()).containsEntry("a", value);
		});
	}

	@Test
	void kindDecidesTheTypeOfTheCollection() {
		this.contextRunner
			.withPropertyValues("weakref.caches.a.kind=values", "weakref.caches.b.kind=keys",
					"weakref.caches.c.kind=set", "weakref.caches.c.key-match=identity",
					"weakref.caches.c.key-retention=newest", "weakref.caches.c.initial-capacity=64",
					"weakref.caches.c.referents=strict", "weakref.caches.d.kind=locks")
			.run((context) -> {
				assertThat(context.getBean("a")).isInstanceOf(WeakValueDictionary.class);
				assertThat(context.getBean("b")).isInstanceOf(WeakKeyDictionary.class);
				assertThat(context.getBean("c")).isInstanceOf(WeakSet.class);
				assertThat(context.getBean("d")).isInstanceOf(WeakLocks.class);
			});
	}

	@Test
	void declaredLocksAreInjectedByTheTypeOfTheirKeys() {
		this.contextRunner
			.withPropertyValues("weakref.caches.accounts.kind=locks", "weakref.caches.accounts.key-type=java.lang.Long",
					"weakref.caches.users.kind=locks", "weakref.caches.users.key-type=java.lang.String",
					"weakref.defaults.referents=strict")
			.withBean(Locking.class)
			.run((context) -> {
				Locking locking = context.getBean(Locking.class);
				assertThat(locking.ofNumbers()).isSameAs(context.getBean("accounts"));
				assertThat(locking.ofWords()).isSameAs(context.getBean("users"));
				assertThat(context.getBean(WeakCacheRegistry.class).get("users")).isSameAs(locking.ofWords());
				locking.ofWords().lock("me").close();
				assertThat(locking.ofWords().stats().misses()).isEqualTo(1);
			});
	}

	/** Up to Spring Boot 4.0 an empty map in YAML leaves nothing in the environment. */
	static boolean emptyMapsAreSeen() {
		return !SpringBootVersion.getVersion().startsWith("4.0.");
	}

	@Test
	@EnabledIf("emptyMapsAreSeen")
	void anEmptyMapInYamlDeclaresACache() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(yaml("weakref:\n  caches:\n    tiles: {}\n")))
			.run((context) -> assertThat(context).hasNotFailed()
				.getBeans(WeakValueDictionary.class)
				.containsKeys("tiles"));
	}

	@Test
	void anEmptyMapInYamlMayBeFilledElsewhere() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(yaml("weakref:\n  caches:\n    tiles: {}\n")))
			.withPropertyValues("weakref.caches.tiles.kind=set")
			.run((context) -> assertThat(context.getBean("tiles")).isInstanceOf(WeakSet.class));
	}

	@Test
	void nestedClassIsNamedWithDots() {
		this.contextRunner
			.withPropertyValues("weakref.caches.tiles.kind=set",
					"weakref.caches.tiles.element-type=" + Outer.Inner.Deep.class.getCanonicalName())
			.run((context) -> assertThat(
					context.getBeanProvider(ResolvableType.forClassWithGenerics(WeakSet.class, Outer.Inner.Deep.class))
						.getObject())
				.isSameAs(context.getBean("tiles")));
	}

	@Test
	void userBeanWithTheNameOfASpringBeanWins() {
		this.contextRunner.withPropertyValues("weakref.caches.messageSource.kind=set")
			.withBean("messageSource", StaticMessageSource.class)
			.run((context) -> assertThat(context.getBean("messageSource")).isInstanceOf(StaticMessageSource.class));
	}

	@Test
	void userBeanWithTheSameNameWins(CapturedOutput output) {
		this.tiles.withBean("tiles", String.class, () -> "mine").run((context) -> {
			assertThat(context.getBean("tiles")).isEqualTo("mine");
			assertThat(context.getBean(WeakCacheRegistry.class).names()).isEmpty();
			assertThat(output)
				.contains("No weak cache created for 'weakref.caches.tiles': the application has a bean named 'tiles'");
		});
	}

	@Test
	void userCacheWithTheSameNameWins() {
		WeakValueDictionary<Object, Object> mine = WeakValueDictionary.builder().name("tiles").build();
		this.tiles.withBean("tiles", WeakValueDictionary.class, () -> mine).run((context) -> {
			assertThat(context.getBean("tiles")).isSameAs(mine);
			assertThat(context.getBean(WeakCacheRegistry.class).get("tiles")).isSameAs(mine);
		});
	}

	@Test
	void cacheWithoutTypesIsOnlyInjectedByName() {
		this.contextRunner.withPropertyValues("weakref.caches.tiles.key-type=java.lang.String")
			.withUserConfiguration(ByName.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(NoSuchBeanDefinitionException.class));
	}

	@Test
	void cacheWithoutTypesCanBeInjectedByName() {
		this.contextRunner.withPropertyValues("weakref.caches.tiles.kind=values")
			.withUserConfiguration(Qualified.class)
			.run((context) -> {
				Qualified qualified = context.getBean(Qualified.class);
				assertThat(qualified.qualified).isSameAs(context.getBean("tiles"));
				assertThat(qualified.annotated).isSameAs(context.getBean("tiles"));
			});
	}

	@Test
	void registryReturnsTheDeclaredCacheEvenBeforeItsBeanIsCreated() {
		this.contextRunner
			.withPropertyValues("spring.main.lazy-initialization=true", "weakref.caches.tiles.record-stats=false")
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				assertThat(registry.values("tiles")).isSameAs(context.getBean("tiles"));
				assertThat(registry.get("tiles").isRecordingStats()).isFalse();
			});
	}

	@Test
	void defaultsApplyUnlessACacheSetsTheOption() {
		this.contextRunner
			.withPropertyValues("weakref.defaults.record-stats=false", "weakref.caches.a.kind=set",
					"weakref.caches.b.record-stats=true")
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				assertThat(registry.get("a").isRecordingStats()).isFalse();
				assertThat(registry.get("b").isRecordingStats()).isTrue();
			});
	}

	@Test
	void nothingIsAddedOrValidatedWhenDisabled() {
		this.contextRunner
			.withPropertyValues("weakref.enabled=false", "weakref.caches.tiles.kind=nonsense",
					"weakref.caches.tiles.key-type=no.such.Class", "weakref.cleaner.callback-threads=-1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBeanDefinitionNames()).noneMatch((name) -> name.contains("weak"));
				assertThat(context).doesNotHaveBean("tiles");
			});
	}

	private static PropertySource<?> yaml(String text) {
		try {
			return new YamlPropertySourceLoader()
				.load("yaml", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
				.get(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class ByType {

		@Autowired
		WeakValueDictionary<String, byte[]> images;

		@Autowired
		WeakValueDictionary<Integer, Object> people;

	}

	static class Outer {

		static class Inner {

			static class Deep {

			}

		}

	}

	record ByName(WeakValueDictionary<String, byte[]> tiles) {

		WeakValueDictionary<String, byte[]> cache() {
			return this.tiles;
		}

	}

	static class Together {

		@Autowired
		Map<String, WeakValueDictionary<String, byte[]>> byName;

		@Autowired
		List<WeakCollection> all;

	}

	static class Indirect {

		@Autowired
		ObjectProvider<WeakValueDictionary<String, byte[]>> provider;

		@Lazy
		@Autowired
		WeakValueDictionary<String, byte[]> lazy;

	}

	static class Qualified {

		@Autowired
		@Qualifier("tiles")
		WeakValueDictionary<String, byte[]> qualified;

		@Autowired
		@WeakCache("tiles")
		WeakValueDictionary<String, byte[]> annotated;

	}

	record Locking(WeakLocks<Long> ofNumbers, WeakLocks<String> ofWords) {
	}

}
