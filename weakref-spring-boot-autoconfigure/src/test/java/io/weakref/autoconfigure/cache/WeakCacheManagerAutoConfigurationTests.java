package io.weakref.autoconfigure.cache;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.cache.WeakCacheManager;
import io.weakref.cache.WeakValueCache;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheBuilderCustomizer;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.cache.actuate.endpoint.CachesEndpoint;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CachesEndpointAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WeakCacheManagerAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WeakCacheManagerAutoConfigurationTests {

	private final ApplicationContextRunner plainRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
				WeakCacheManagerAutoConfiguration.class, CacheAutoConfiguration.class));

	private final ApplicationContextRunner enabledRunner = this.plainRunner
		.withPropertyValues("weakref.spring-cache.enabled=true");

	private final ApplicationContextRunner cachingRunner = this.enabledRunner
		.withPropertyValues("spring.cache.type=simple")
		.withUserConfiguration(CachingConfiguration.class);

	@Test
	void managerIsOptIn() {
		this.plainRunner.run((context) -> assertThat(context).doesNotHaveBean(WeakCacheManager.class));
	}

	@Test
	void nothingIsAddedIfWeakrefIsDisabled() {
		this.enabledRunner.withPropertyValues("weakref.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CacheManager.class));
	}

	@Test
	void managerExistsWithoutEnableCaching() {
		this.enabledRunner
			.run((context) -> assertThat(context).getBean("weakCacheManager").isInstanceOf(WeakCacheManager.class));
	}

	@Test
	void managerIsNotInjectedByTypeAlone() {
		this.enabledRunner.withUserConfiguration(ByTypeConfiguration.class)
			.run((context) -> assertThat(context).getBean(ByTypeConfiguration.class)
				.extracting((bean) -> bean.cacheManager)
				.isNull());
	}

	@Test
	void customizersSeeTheCachesThatTheManagerCreates() {
		this.enabledRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.withBean(WeakCacheBuilderCustomizer.class, () -> (builder) -> builder.recordStats(false))
			.run((context) -> assertThat(context.getBean(WeakCacheRegistry.class).get("tiles").isRecordingStats())
				.isFalse());
	}

	@Test
	void userBeanWithTheSameNameWins() {
		this.enabledRunner
			.withBean("weakCacheManager", ConcurrentMapCacheManager.class, () -> new ConcurrentMapCacheManager())
			.run((context) -> assertThat(context).getBean("weakCacheManager")
				.isInstanceOf(ConcurrentMapCacheManager.class));
	}

	@Test
	void startsIfBootsCacheModuleIsMissing() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakCacheManagerAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.cache"))
			.withPropertyValues("weakref.spring-cache.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(WeakCacheManager.class));
	}

	@Test
	void cacheNamesAreTheOnlyCaches() {
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles,people").run((context) -> {
			WeakCacheManager manager = context.getBean(WeakCacheManager.class);
			assertThat(manager.getCacheNames()).containsExactly("people", "tiles");
			assertThat(manager.getCache("other")).isNull();
			assertThat(context.getBean(WeakCacheRegistry.class).names()).contains("people", "tiles")
				.doesNotContain("other");
		});
	}

	@Test
	void cachedMethodThatNamesAnUnknownCacheFailsLikeWithSpringsOwnManagers() {
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=people")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(Renderer.class).render("a"))
				.withMessageContaining("Cannot find cache named 'tiles'"));
	}

	@Test
	void withoutCacheNamesCachesAreCreatedOnDemand() {
		this.cachingRunner.run((context) -> {
			WeakCacheManager manager = context.getBean(WeakCacheManager.class);
			assertThat(manager.getCacheNames()).isEmpty();
			Tile tile = context.getBean(Renderer.class).render("a");
			assertThat(manager.getCacheNames()).containsExactly("tiles");
			assertThat(context.getBean(WeakCacheRegistry.class).values("tiles")).containsValue(tile);
		});
	}

	@Test
	void nativeCacheIsTheDictionaryOfTheRegistry() {
		this.cachingRunner.run((context) -> assertThat(nativeCache(context, "tiles"))
			.isSameAs(context.getBean(WeakCacheRegistry.class).get("tiles")));
	}

	@Test
	void managerFollowsTheRegistry() {
		this.cachingRunner.run((context) -> {
			WeakCacheManager manager = context.getBean(WeakCacheManager.class);
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			Tile tile = context.getBean(Renderer.class).render("a");
			WeakValueCache held = Objects.requireNonNull(manager.getCache("tiles"));
			registry.remove("tiles");
			assertThat(held.peekNativeCache()).isNull();
			assertThat(registry.names()).doesNotContain("tiles");
			WeakValueDictionary<Object, Object> next = registry.values("tiles");
			assertThat(manager.getCache("tiles")).isSameAs(held);
			assertThat(nativeCache(context, "tiles")).isSameAs(next);
			assertThat(held.peekNativeCache()).isSameAs(next);
			assertThat(held.get("a")).isNull();
			assertThat(context.getBean(Renderer.class).render("a")).isNotSameAs(tile);
			held.put("b", tile);
			assertThat(next.get("b")).isSameAs(tile);
			assertThat(held.<Tile>get("c", () -> tile)).isSameAs(tile);
			assertThat(held.retrieve("d", () -> CompletableFuture.completedFuture(tile))).isCompletedWithValue(tile);
			assertThat(next).containsKeys("c", "d");
			held.clear();
			assertThat(next).isEmpty();
		});
	}

	@Test
	void cacheWhoseDictionaryWasRemovedIsRegisteredAgainWhenItIsUsed() {
		this.cachingRunner.run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			context.getBean(Renderer.class).render("a");
			registry.remove("tiles");
			Tile tile = context.getBean(Renderer.class).render("a");
			assertThat(registry.get("tiles")).isSameAs(nativeCache(context, "tiles"));
			assertThat(nativeCache(context, "tiles")).containsValue(tile);
		});
	}

	@Test
	void loadThatWasStartedWithARemovedDictionaryStoresItsValueThere() {
		this.cachingRunner.run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			WeakValueCache cache = Objects.requireNonNull(context.getBean(WeakCacheManager.class).getCache("tiles"));
			CompletableFuture<Tile> load = new CompletableFuture<>();
			CompletableFuture<Tile> result = cache.retrieve("a", () -> load);
			registry.remove("tiles");
			WeakValueDictionary<Object, Object> next = registry.values("tiles");
			Tile tile = new Tile();
			load.complete(tile);
			assertThat(result).isCompletedWithValue(tile);
			assertThat(next).isEmpty();
		});
	}

	@Test
	void managerFollowsTheRegistryFromADeclaredCacheToTheNextOne() {
		this.cachingRunner
			.withPropertyValues("weakref.caches.tiles.kind=values", "weakref.spring-cache.cache-names=tiles")
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				assertThat(nativeCache(context, "tiles")).isSameAs(context.getBean("tiles"));
				registry.remove("tiles");
				assertThat(nativeCache(context, "tiles")).isNotSameAs(context.getBean("tiles"))
					.isSameAs(registry.get("tiles"));
			});
	}

	@Test
	void managerFollowsTheRegistryIfTheBeanHasAnotherName() {
		WeakValueDictionary<String, Tile> mine = WeakValueDictionary.<String, Tile>builder().name("mine").build();
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.withBean("tiles", WeakValueDictionary.class, () -> mine)
			.run((context) -> {
				WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
				assertThat(nativeCache(context, "tiles")).isSameAs(mine).isSameAs(registry.get("mine"));
				registry.values("tiles");
				assertThat(nativeCache(context, "tiles")).isSameAs(mine);
				registry.remove("mine");
				assertThat(nativeCache(context, "tiles")).isSameAs(registry.get("tiles"));
			});
	}

	@Test
	void cacheWhoseNameIsTakenByAnotherKindFailsWithThatKind() {
		this.cachingRunner.run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			context.getBean(Renderer.class).render("a");
			registry.remove("tiles");
			registry.set("tiles");
			assertThatIllegalStateException().isThrownBy(() -> context.getBean(Renderer.class).render("a"))
				.withMessageContaining("'tiles' is of kind set");
		});
	}

	@Test
	void beanWithTheNameIsTheDictionary() {
		WeakValueDictionary<String, Tile> tiles = WeakValueDictionary.<String, Tile>builder().name("tiles").build();
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.withBean("tiles", WeakValueDictionary.class, () -> tiles)
			.run((context) -> assertThat(nativeCache(context, "tiles")).isSameAs(tiles));
	}

	@Test
	void cacheOfAnotherKindIsRefusedAndTheAnalysisSaysWhatToWrite(CapturedOutput output) {
		SpringApplication application = new SpringApplication(ApplicationConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application.run("--weakref.caches.locks.kind=keys", "--weakref.spring-cache.enabled=true",
					"--weakref.spring-cache.cache-names=tiles,locks"))
			.withRootCauseInstanceOf(UnsupportedCacheKindException.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"The weak cache 'locks' is of kind keys, but Spring's cache abstraction can only use kind values.",
				"Use another name than 'locks' in weakref.spring-cache.cache-names or in the @Cacheable that requests the "
						+ "cache. Or, if 'weakref.caches.locks' declares the cache, change its kind to values.");
	}

	@Test
	void declaredCacheIsTheDictionaryWithItsOptions() {
		this.cachingRunner
			.withPropertyValues("weakref.caches.tiles.record-stats=false", "weakref.spring-cache.cache-names=tiles")
			.run((context) -> {
				WeakValueDictionary<Object, Object> tiles = nativeCache(context, "tiles");
				assertThat(tiles).isSameAs(context.getBean("tiles"));
				tiles.get("a");
				assertThat(tiles.stats().misses()).isZero();
			});
	}

	@Test
	void beanWithTheNameIsTheDictionaryEvenIfItIsCreatedLate() {
		this.cachingRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.withUserConfiguration(LazyDictionaryConfiguration.class)
			.run((context) -> assertThat(nativeCache(context, "tiles")).isSameAs(context.getBean("lazyTiles")));
	}

	@Test
	void cacheOfAnotherKindIsRefusedOnDemand() {
		this.cachingRunner.run((context) -> {
			context.getBean(WeakCacheRegistry.class).keys("locks");
			WeakCacheManager manager = context.getBean(WeakCacheManager.class);
			assertThatIllegalStateException().isThrownBy(() -> manager.getCache("locks"))
				.withMessageContaining("'locks' is of kind keys");
			assertThat(manager.getCacheNames()).isEmpty();
		});
	}

	@Test
	void cachesEndpointShowsAndClearsOnlyDictionariesThatWereRequestedAsCaches() {
		this.cachingRunner.withConfiguration(AutoConfigurations.of(CachesEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=caches",
					"weakref.spring-cache.cache-names=tiles")
			.run((context) -> {
				Object shared = new Object();
				WeakValueDictionary<Object, Object> identities = context.getBean(WeakCacheRegistry.class)
					.values("identities");
				identities.put("a", shared);
				Tile tile = context.getBean(Renderer.class).render("a");
				assertThat(nativeCache(context, "tiles")).containsValue(tile);
				CachesEndpoint endpoint = context.getBean(CachesEndpoint.class);
				assertThat(endpoint.caches().getCacheManagers()).hasEntrySatisfying("weakCacheManager",
						(manager) -> assertThat(manager.getCaches()).containsOnlyKeys("tiles"));
				assertThat(endpoint.cache("tiles", null)).isNotNull()
					.returns(WeakValueDictionary.class.getName(), (cache) -> cache.getTarget());
				assertThat(endpoint.cache("identities", null)).isNull();
				endpoint.clearCaches();
				assertThat(nativeCache(context, "tiles")).isEmpty();
				assertThat(identities).containsValue(shared);
			});
	}

	@Test
	void cachesEndpointShowsTheCachesWithoutEnableCaching() {
		this.enabledRunner.withConfiguration(AutoConfigurations.of(CachesEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=caches",
					"weakref.spring-cache.cache-names=tiles")
			.run((context) -> assertThat(context.getBean(CachesEndpoint.class).caches().getCacheManagers())
				.containsOnlyKeys("weakCacheManager"));
	}

	@Test
	void childContextUsesTheManagerOfItsParent() {
		this.enabledRunner.withPropertyValues("weakref.spring-cache.cache-names=tiles")
			.run((parent) -> this.cachingRunner.withParent(parent).run((child) -> {
				assertThat(child.getBeansOfType(WeakCacheManager.class)).isEmpty();
				Tile tile = child.getBean(Renderer.class).render("a");
				assertThat(nativeCache(parent, "tiles")).containsValue(tile);
			}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "caffeine", "none" })
	void cacheProviderOfTheApplicationIsTheSameWithAndWithoutTheManager(String type) {
		ContextConsumer<AssertableApplicationContext> providerIsTheApplications = (context) -> {
			CacheManager provider = context.getBean(CacheManager.class);
			assertThat(provider).isExactlyInstanceOf(switch (type) {
				case "simple" -> ConcurrentMapCacheManager.class;
				case "caffeine" -> CaffeineCacheManager.class;
				default -> NoOpCacheManager.class;
			}).isSameAs(context.getBean("cacheManager"));
			Object plain = context.getBean(PlainRenderer.class).plain("a");
			if (!type.equals("none")) {
				assertThat(context.getBean(PlainRenderer.class).plain("a")).isSameAs(plain);
				assertThat(provider.getCacheNames()).containsExactly("plain");
			}
		};
		ApplicationContextRunner runner = this.plainRunner.withPropertyValues("spring.cache.type=" + type)
			.withUserConfiguration(PlainCachingConfiguration.class);
		runner.run(providerIsTheApplications);
		runner.withPropertyValues("weakref.spring-cache.enabled=true")
			.withBean(Renderer.class)
			.run(providerIsTheApplications.andThen((context) -> {
				Tile tile = context.getBean(Renderer.class).render("a");
				assertThat(context.getBean(Renderer.class).render("a")).isSameAs(tile);
				assertThat(context.getBean(WeakCacheManager.class).getCacheNames()).containsExactly("tiles");
			}));
	}

	@Test
	void cachedMethodReturnsTheObjectThatIsStillInUse() {
		this.cachingRunner.run((context) -> {
			Renderer renderer = context.getBean(Renderer.class);
			Tile tile = renderer.render("a");
			assertThat(renderer.render("a")).isSameAs(tile);
			assertThat(renderer.renderOnce("a")).isSameAs(tile);
			assertThat(renderer.renderOptional("a")).containsSame(tile);
			assertThat(renderer.renderLater("a")).isCompletedWithValue(tile);
			assertThat(renderer.renderLaterOnce("a")).isCompletedWithValue(tile);
			assertThat(renderer.renderReactive("a").block()).isSameAs(tile);
			assertThat(renderer.renderReactiveOnce("a").block()).isSameAs(tile);
			assertThat(renderer.calls()).isEqualTo(1);
		});
	}

	@Test
	void everyFormOfCachedMethodStoresItsValue() {
		this.cachingRunner.run((context) -> {
			Renderer renderer = context.getBean(Renderer.class);
			WeakValueDictionary<?, ?> stored = nativeCache(context, "tiles");
			Tile once = renderer.renderOnce("once");
			Optional<Tile> optional = renderer.renderOptional("optional");
			Tile later = renderer.renderLater("later").join();
			Tile laterOnce = renderer.renderLaterOnce("laterOnce").join();
			Tile reactive = renderer.renderReactive("reactive").block();
			Tile reactiveOnce = renderer.renderReactiveOnce("reactiveOnce").block();
			assertThat(stored.get("once")).isSameAs(once);
			assertThat(stored.get("optional")).isSameAs(optional.orElseThrow());
			assertThat(stored.get("later")).isSameAs(later);
			assertThat(stored.get("laterOnce")).isSameAs(laterOnce);
			assertThat(stored.get("reactive")).isSameAs(reactive);
			assertThat(stored.get("reactiveOnce")).isSameAs(reactiveOnce);
		});
	}

	@Test
	void nullReachesTheCallerAndIsNeverStored() {
		this.cachingRunner.run((context) -> {
			Renderer renderer = context.getBean(Renderer.class);
			for (int i = 1; i <= 2; i++) {
				assertThat(renderer.render("missing")).isNull();
				assertThat(renderer.renderOnce("missing")).isNull();
				assertThat(renderer.renderOptional("missing")).isEmpty();
				assertThat(renderer.renderLater("missing")).isCompletedWithValue(null);
				assertThat(renderer.renderLaterOnce("missing")).isCompletedWithValue(null);
				assertThat(renderer.renderReactive("missing").block()).isNull();
				assertThat(renderer.renderReactiveOnce("missing").block()).isNull();
				assertThat(renderer.calls()).isEqualTo(7 * i);
			}
			assertThat(nativeCache(context, "tiles")).isEmpty();
		});
	}

	@Test
	void failureOfACachedMethodReachesTheCallerUnwrapped() {
		this.cachingRunner.run((context) -> {
			Renderer renderer = context.getBean(Renderer.class);
			assertThatIllegalArgumentException().isThrownBy(() -> renderer.render("bad")).withMessage("bad");
			assertThatIllegalArgumentException().isThrownBy(() -> renderer.renderOnce("bad")).withMessage("bad");
			assertThat(renderer.renderLaterOnce("bad")).isCompletedExceptionally();
			assertThatIllegalArgumentException().isThrownBy(() -> renderer.renderReactiveOnce("bad").block())
				.withMessage("bad");
			assertThat(nativeCache(context, "tiles")).isEmpty();
		});
	}

	private static WeakValueDictionary<Object, Object> nativeCache(AssertableApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(WeakCacheManager.class).getCache(name)).getNativeCache();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@Import(PlainRenderer.class)
	static class PlainCachingConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

		@Bean
		Renderer renderer() {
			return new Renderer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ApplicationConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyDictionaryConfiguration {

		@Bean
		@Lazy
		@Qualifier("tiles")
		WeakValueDictionary<String, Tile> lazyTiles() {
			return new WeakValueDictionary<>();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByTypeConfiguration {

		@Autowired(required = false)
		@Nullable CacheManager cacheManager;

	}

	static class PlainRenderer {

		@Cacheable("plain")
		public Object plain(String id) {
			return new Object();
		}

	}

	static class Renderer {

		private final AtomicInteger calls = new AtomicInteger();

		public int calls() {
			return this.calls.get();
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles")
		public @Nullable Tile render(String id) {
			return tile(id);
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles", sync = true)
		public @Nullable Tile renderOnce(String id) {
			return tile(id);
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles")
		public Optional<Tile> renderOptional(String id) {
			return Optional.ofNullable(tile(id));
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles")
		public CompletableFuture<@Nullable Tile> renderLater(String id) {
			return CompletableFuture.completedFuture(tile(id));
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles", sync = true)
		public CompletableFuture<@Nullable Tile> renderLaterOnce(String id) {
			return CompletableFuture.completedFuture(id).thenApply(this::tile);
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles")
		public Mono<Tile> renderReactive(String id) {
			return Mono.fromSupplier(() -> tile(id));
		}

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "tiles", sync = true)
		public Mono<Tile> renderReactiveOnce(String id) {
			return Mono.fromSupplier(() -> tile(id));
		}

		private @Nullable Tile tile(String id) {
			this.calls.incrementAndGet();
			return switch (id) {
				case "missing" -> null;
				case "bad" -> throw new IllegalArgumentException("bad");
				default -> new Tile();
			};
		}

	}

	static final class Tile {

	}

}
