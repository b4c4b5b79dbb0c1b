package io.weakref.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

import io.weakref.cache.WeakCacheManager;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the failure analyses of applications that fail to start.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTests {

	@Test
	void unknownKindIsAnsweredWithTheKinds(CapturedOutput output) {
		start("weakref.caches.tiles.kind=valuess");
		assertThat(output).contains("Invalid value 'valuess' for configuration property 'weakref.caches.tiles.kind'")
			.contains("It must be one of values, keys, set, locks.");
	}

	@Test
	void unknownConstantsAreAnsweredWithTheAllowedOnes(CapturedOutput output) {
		start("weakref.caches.tiles.kind=set", "weakref.caches.tiles.key-match=same");
		start("weakref.defaults.referents=strikt");
		assertThat(output).contains("'same' for configuration property 'weakref.caches.tiles.key-match'")
			.contains("It must be one of equality, identity.")
			.contains("'strikt' for configuration property 'weakref.defaults.referents'")
			.contains("It must be one of lenient, warn, strict.");
	}

	@Test
	void numbersDurationsAndSwitchesAreAnsweredWithTheirForm(CapturedOutput output) {
		start("weakref.caches.tiles.initialCapacity=many");
		start("weakref.cleaner.shutdown-timeout=soon");
		start("weakref.caches.tiles.recordStats=perhaps");
		assertThat(output).contains("'many' for configuration property 'weakref.caches.tiles.initial-capacity'")
			.contains("It must be a whole number.")
			.contains("'soon' for configuration property 'weakref.cleaner.shutdown-timeout'")
			.contains("It must be a duration, such as 5s or 500ms.")
			.contains("'perhaps' for configuration property 'weakref.caches.tiles.record-stats'")
			.contains("It must be true or false.");
	}

	@Test
	void valueOfACacheItselfIsAnsweredWithWhereOptionsGo(CapturedOutput output) {
		start("weakref.caches.tiles=values");
		assertThat(output).contains("'values' for configuration property 'weakref.caches.tiles'")
			.contains("It has no value of its own.");
	}

	@Test
	void missingClassIsAnsweredWithHowToWriteOne(CapturedOutput output) {
		start("weakref.caches.tiles.keyType=com.example.Missing");
		assertThat(output)
			.contains("Invalid value 'com.example.Missing' for configuration property 'weakref.caches.tiles.key-type'")
			.contains("There is no such class on the class path of the application.");
	}

	@Test
	void typeArgumentsAndPrimitivesAreAnsweredWithWhatToWriteInstead(CapturedOutput output) {
		start("weakref.caches.tiles.value-type=java.util.List<java.lang.String>");
		start("weakref.caches.tiles.key-type=int");
		assertThat(output).contains("It must be a class name without type arguments: java.util.List.")
			.contains("It must not be a primitive type. Use its class, such as java.lang.Integer.");
	}

	@Test
	void negativeCapacityIsAnsweredWithTheLimit(CapturedOutput output) {
		start("weakref.caches.tiles.initial-capacity=-1");
		assertThat(output)
			.contains("Invalid value '-1' for configuration property 'weakref.caches.tiles.initial-capacity'")
			.contains("It must be 0 or more.");
	}

	@Test
	void optionThatTheKindDoesNotHaveIsAnsweredWithTheKindsThatDo(CapturedOutput output) {
		start("weakref.caches.tiles.key-match=identity");
		start("weakref.caches.viewers.kind=set", "weakref.caches.viewers.value-type=java.lang.String");
		assertThat(output).contains("configuration property 'weakref.caches.tiles.key-match'")
			.contains("A cache of kind values has no key-match, only kind keys and kind set. Remove it, or set "
					+ "weakref.caches.tiles.kind to keys or set.")
			.contains("configuration property 'weakref.caches.viewers.value-type'")
			.contains("A cache of kind set has no value-type, only kind values and kind keys.");
		start("weakref.caches.accounts.kind=locks", "weakref.caches.accounts.value-type=java.lang.String");
		start("weakref.caches.accounts.kind=locks", "weakref.caches.accounts.referents=strict");
		assertThat(output)
			.contains("A cache of kind locks has no value-type, only kind values and kind keys. Remove it, or set "
					+ "weakref.caches.accounts.kind to values or keys.")
			.contains("A cache of kind locks has no referents, only kind values and kind keys and kind set.");
	}

	@Test
	void cleanerSettingsAreValidated(CapturedOutput output) {
		start("weakref.cleaner.callback-threads=0");
		start("weakref.cleaner.shutdown-timeout=-1s");
		start("weakref.cleaner.thread-name=");
		assertThat(output).contains("Invalid value '0' for configuration property 'weakref.cleaner.callback-threads'")
			.contains("It must be 1 or more.")
			.contains("configuration property 'weakref.cleaner.shutdown-timeout'")
			.contains("It must not be negative.")
			.contains("configuration property 'weakref.cleaner.thread-name'")
			.contains("It must not be blank.");
	}

	@Test
	void takenNameIsAnsweredWithTheCacheThatHasIt(CapturedOutput output) {
		start(OwnCache.class, "weakref.caches.tiles.kind=set");
		assertThat(output).contains("Two weak caches have the same name 'tiles':")
			.contains("weakref.caches.tiles of kind set has it")
			.contains("bean 'mine' of kind values needs it too")
			.contains("Give one of them another name.");
	}

	@Test
	void injectionPointThatNothingSatisfiesIsAnsweredWithWhatToWrite(CapturedOutput output) {
		start(ByType.class);
		assertThat(output).contains("Field tiles in " + ByType.class.getName() + " required a weak cache of type")
			.contains("io.weakref.collection.WeakValueDictionary<java.lang.String, byte[]>")
			.contains("@WeakCache(\"name\")")
			.contains("weakref.caches.name.key-type=java.lang.String")
			.contains("weakref.caches.name.value-type=byte[]");
	}

	@Test
	void cacheWithoutTypesIsPointedOutIfACacheIsMissing(CapturedOutput output) {
		start(ByType.class, "weakref.caches.images.key-type=java.lang.String");
		assertThat(output)
			.contains("'images' is a WeakValueDictionary that can only be injected by name, because "
					+ "weakref.caches.images declares no key-type and value-type")
			.contains("@WeakCache(\"images\")")
			.contains("weakref.caches.images.key-type=java.lang.String")
			.contains("weakref.caches.images.value-type=byte[]")
			.doesNotContain("io.weakref.context.requested");
	}

	@Test
	void cachesOfOtherTypesAreListedIfACacheIsMissing(CapturedOutput output) {
		start(ByType.class, "weakref.caches.tiles.key-type=java.lang.Integer", "weakref.caches.tiles.value-type=byte[]",
				"weakref.caches.viewers.kind=set", "weakref.caches.viewers.element-type=java.lang.Thread");
		assertThat(output)
			.contains("'tiles' of type io.weakref.collection.WeakValueDictionary<java.lang.Integer, byte[]>")
			.contains("'viewers' of type io.weakref.collection.WeakSet<java.lang.Thread>")
			.doesNotContain("io.weakref.context.requested");
	}

	@ParameterizedTest
	@ValueSource(classes = { ByType.class, NeedsRegistry.class })
	void contextWithoutTheAutoConfigurationIsAnsweredWithHowToIncludeIt(Class<?> configuration, CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> new SpringApplicationBuilder(Empty.class, configuration).web(WebApplicationType.NONE).run());
		assertThat(output).contains(
				"the auto-configuration of weak caches is not part of this application context. A test slice, such as "
						+ "@WebMvcTest or @DataJpaTest, leaves it out, and so does an exclusion.")
			.contains("@ImportAutoConfiguration(WeakrefAutoConfiguration.class)");
	}

	@Test
	void exclusionIsAmongTheReasonsThatAreGiven(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> new SpringApplicationBuilder(Excluding.class, ByType.class).web(WebApplicationType.NONE).run());
		assertThat(output).contains("the auto-configuration of weak caches is not part of this application context.")
			.contains("and so does an exclusion.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "messageSource", "environment", "applicationTaskExecutor", "lifecycleProcessor",
			"systemProperties", "springApplicationArguments", "conversionService", "applicationEventMulticaster",
			"weakCleaner", "taskScheduler", "bootstrapExecutor" })
	void nameOfASpringBeanIsRefused(String name, CapturedOutput output) {
		start(TaskExecutionAutoConfiguration.class, "weakref.caches." + name + ".kind=set");
		assertThat(output)
			.contains("'weakref.caches.%s' would create a bean named '%s', but that name is reserved".formatted(name,
					name))
			.contains("Give the cache another name, such as %sCache.".formatted(name));
	}

	@Test
	void managerThatIsNotEnabledIsAnsweredWithItsProperty(CapturedOutput output) {
		for (Class<?> configuration : List.of(NeedsManager.class, NeedsQualifiedManager.class, GetsManager.class)) {
			start(configuration);
			assertThat(output).contains(
					"required the cache manager 'weakCacheManager', but 'weakref.spring-cache.enabled' is not true.")
				.contains("Set weakref.spring-cache.enabled=true.")
				.contains("src/test/resources");
		}
	}

	@Test
	void cachedMethodThatNamesAMissingManagerFailsTheStart(CapturedOutput output) {
		start(NamesManager.class, "spring.cache.type=simple");
		start(NamesManagerForItsClass.class, "spring.cache.type=simple");
		for (Class<?> type : List.of(NamesManager.class, NamesManagerForItsClass.class)) {
			assertThat(output)
				.contains("%s.load uses the cache manager 'weakCacheManager', but ".formatted(type.getName())
						+ "'weakref.spring-cache.enabled' is not true.");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "key-type=void | There are no objects of type void. Write the full name of a class.",
					"key-type=${nope} | The placeholder is not resolved: there is no property 'nope'.",
					"key-type= | It is empty. Write the full name of a class, or remove the property.",
					"key-type=? | It must be a class name, not a wildcard. java.lang.Object stands for every class.",
					"key-type=DocId | Write its full name, with its package, such as com.example.DocId.",
					"initial-capacity=2147483647 | a larger table takes too much of the heap",
					"initial-capacity=${nope} | The placeholder is not resolved: there is no property 'nope'.",
					"kind=1 | It must be one of values, keys, set, locks." })
	void invalidOptionIsAnsweredWithTheReason(String option, String reason, CapturedOutput output) {
		start("weakref.caches.tiles." + option);
		assertThat(output)
			.contains("for configuration property 'weakref.caches.tiles.%s'"
				.formatted(option.substring(0, option.indexOf('='))))
			.contains(reason);
	}

	@Test
	void numberIsNotAcceptedAsAConstantOfAnEnum(CapturedOutput output) {
		startWith(Map.of("weakref.caches.tiles.kind", 1));
		startWith(Map.of("weakref.defaults.referents", 1));
		assertThat(output).contains("Invalid value '1' for configuration property 'weakref.caches.tiles.kind'")
			.contains("It must be one of values, keys, set, locks.")
			.contains("Invalid value '1' for configuration property 'weakref.defaults.referents'")
			.contains("It must be one of lenient, warn, strict.");
	}

	@Test
	void tooManyCallbackThreadsAreAnsweredWithTheLimit(CapturedOutput output) {
		start("weakref.cleaner.callback-threads=1000000");
		assertThat(output)
			.contains("Invalid value '1000000' for configuration property 'weakref.cleaner.callback-threads'")
			.contains("It must be 1000 or less.");
	}

	@Test
	void classWhoseObjectsAStrictCacheHoldsForAWhileIsAccepted(CapturedOutput output) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class));
		runner
			.withPropertyValues("weakref.caches.names.value-type=java.lang.String",
					"weakref.caches.names.referents=strict", "weakref.caches.names.hold-for=10m")
			.run((context) -> assertThat(context).hasNotFailed());
		runner
			.withPropertyValues("weakref.caches.times.value-type=java.time.Instant",
					"weakref.defaults.referents=strict", "weakref.defaults.hold-max=10")
			.run((context) -> assertThat(context).hasNotFailed());
		start("weakref.caches.flags.value-type=java.lang.Boolean", "weakref.caches.flags.referents=strict",
				"weakref.caches.flags.hold-for=10m");
		start("weakref.caches.ids.kind=set", "weakref.caches.ids.element-type=java.lang.String",
				"weakref.defaults.referents=strict", "weakref.defaults.hold-max=10");
		assertThat(output)
			.contains("Invalid value 'java.lang.Boolean' for configuration property 'weakref.caches.flags.value-type'")
			.contains("Invalid value 'java.lang.String' for configuration property 'weakref.caches.ids.element-type'");
	}

	@Test
	void classWhoseObjectsAStrictCacheRefusesIsRefused(CapturedOutput output) {
		start("weakref.caches.tiles.value-type=java.lang.Integer", "weakref.caches.tiles.referents=strict");
		start("weakref.caches.users.kind=keys", "weakref.caches.users.key-type=java.lang.String",
				"weakref.defaults.referents=strict");
		start("weakref.caches.states.kind=set", "weakref.caches.states.element-type=java.lang.Thread.State",
				"weakref.caches.states.referents=strict");
		assertThat(output)
			.contains("Invalid value 'java.lang.Integer' for configuration property 'weakref.caches.tiles.value-type'")
			.contains("With 'referents: strict' the cache would refuse every object of this class: small boxed values")
			.contains("for configuration property 'weakref.caches.users.key-type'")
			.contains("for configuration property 'weakref.caches.states.element-type'")
			.contains("Use another class, or 'referents: warn'.");
	}

	@Test
	void otherMissingBeansAreLeftToOtherAnalyzers(CapturedOutput output) {
		start(NeedsThread.class);
		assertThat(output).contains("required a bean of type 'java.lang.Thread' that could not be found")
			.doesNotContain("weak cache");
	}

	@Test
	void typeThatDoesNotDetermineTheKindIsAnsweredWithTypesThatDo(CapturedOutput output) {
		start(NoKind.class);
		assertThat(output)
			.contains("Field tiles in " + NoKind.class.getName() + " is annotated with @WeakCache, but its type ")
			.contains("Use WeakValueDictionary or WeakKeyDictionary or WeakSet or WeakLocks there")
			.doesNotContain("Consider marking one of the beans as @Primary");
	}

	@Test
	void disabledStarterIsNotRecommended(CapturedOutput output) {
		start(ByType.class, "weakref.enabled=false");
		assertThat(output).contains("required a bean of type")
			.contains("io.weakref.collection.WeakValueDictionary<java.lang.String, byte[]>")
			.contains("weak caches are disabled: 'weakref.enabled' is false.")
			.doesNotContain("@WeakCache");
	}

	@Test
	void cacheOfAnotherTypeIsAnsweredWithBothTypes(CapturedOutput output) {
		start(OtherType.class, "weakref.caches.tiles.key-type=java.lang.String",
				"weakref.caches.tiles.value-type=byte[]");
		assertThat(output)
			.contains(
					"field 'tiles' in " + OtherType.class.getName() + " required the weak cache 'tiles' to be of type")
			.contains("io.weakref.collection.WeakSet<java.lang.Object>")
			.contains("io.weakref.collection.WeakValueDictionary<java.lang.String, byte[]>");
	}

	private static void startWith(Map<String, Object> properties) {
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.initializers((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("numbers", properties)))
				.run());
	}

	private static void start(String... properties) {
		start(Empty.class, properties);
	}

	private static void start(Class<?> configuration, String... properties) {
		String[] arguments = Stream.of(properties).map("--"::concat).toArray(String[]::new);
		assertThatException().isThrownBy(
				() -> new SpringApplicationBuilder(Application.class, configuration).web(WebApplicationType.NONE)
					.run(arguments)
					.close());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(WeakrefAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCache {

		@Bean
		WeakValueDictionary<String, Object> mine() {
			return WeakValueDictionary.<String, Object>builder().name("tiles").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByType {

		@Autowired
		WeakValueDictionary<String, byte[]> tiles;

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherType {

		@Autowired
		@WeakCache("tiles")
		WeakSet<Object> tiles;

	}

	@Configuration(proxyBeanMethods = false)
	static class NoKind {

		@Autowired
		@WeakCache("tiles")
		ConcurrentMap<String, Object> tiles;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = WeakrefAutoConfiguration.class)
	static class Excluding {

	}

	record NeedsRegistry(WeakCacheRegistry registry) {
	}

	record NeedsManager(WeakCacheManager manager) {
	}

	record NeedsQualifiedManager(@Qualifier("weakCacheManager") CacheManager manager) {
	}

	static class GetsManager {

		@Autowired
		void setBeanFactory(BeanFactory beanFactory) {
			beanFactory.getBean("weakCacheManager");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@ImportAutoConfiguration(CacheAutoConfiguration.class)
	static class NamesManager {

		@Cacheable(cacheManager = "weakCacheManager", cacheNames = "a")
		public Object load() {
			return new Object();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@ImportAutoConfiguration(CacheAutoConfiguration.class)
	@CacheConfig(cacheManager = "weakCacheManager")
	static class NamesManagerForItsClass {

		@CacheEvict("a")
		public void load() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NeedsThread {

		@Autowired
		Thread thread;

	}

}
