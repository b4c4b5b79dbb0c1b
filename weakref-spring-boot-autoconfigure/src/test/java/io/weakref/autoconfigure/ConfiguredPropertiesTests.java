package io.weakref.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.weakref.autoconfigure.cache.WeakCacheManagerAutoConfiguration;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests that every property below {@code weakref}, in files, variables and arguments,
 * takes effect or is reported.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfiguredPropertiesTests {

	@TempDir
	private Path folder;

	private final Map<String, Object> variables = new HashMap<>();

	@Test
	void differentSpellingsOfANameDeclareOneCacheWithAllSettings() {
		yaml("application.yml", """
				weakref:
				  caches:
				    mydocs:
				      kind: set
				    my-docs:
				      element-type: java.lang.Thread
				    myDocs:
				      recordStats: false
				""");
		run((context) -> {
			assertThat(registry(context).names()).containsExactly("my-docs");
			assertThat(context.getBean("my-docs")).isInstanceOf(WeakSet.class)
				.isSameAs(context.getBeanProvider(WeakSet.class).getObject());
			assertThat(recordsStats(registry(context).get("my-docs"))).isFalse();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "WEAKREF_CACHES_OPENDOCUMENTS_RECORDSTATS", "WEAKREF_CACHES_OPENDOCUMENTS_RECORD_STATS",
			"WEAKREF_CACHES_OPEN_DOCUMENTS_RECORD_STATS", "weakref_caches_opendocuments_recordstats",
			"weakref.caches.open-documents.record-stats" })
	void variableSetsAnOptionOfTheCacheThatAFileDeclares(String variable) {
		for (String name : new String[] { "openDocuments", "open-documents", "open_documents", "\"[openDocuments]\"",
				"\"[open:documents]\"" }) {
			yaml("application.yml", "weakref:\n  caches:\n    %s:\n      kind: set\n".formatted(name));
			this.variables.put(variable, "false");
			run((context) -> {
				String expected = name.replaceAll("[\"\\[\\]]", "");
				assertThat(registry(context).names()).containsExactly(expected);
				assertThat(context.getBean(expected)).isInstanceOf(WeakSet.class);
				assertThat(recordsStats(registry(context).get(expected))).isFalse();
				assertThat(context.getBean(WeakrefProperties.class).getCaches()).containsOnlyKeys(expected)
					.allSatisfy((key, cache) -> assertThat(cache.recordStats()).isFalse());
			});
		}
	}

	@Test
	void variablesAloneDeclareACache() {
		this.variables.put("WEAKREF_CACHES_TILES_KIND", "set");
		this.variables.put("WEAKREF_CACHES_TILES_ELEMENT_TYPE", "java.lang.Thread");
		run((context) -> assertThat(context.getBean("tiles")).isInstanceOf(WeakSet.class));
	}

	@Test
	void argumentsVariablesProfilesAndFilesHaveBootsOrderOfPrecedence() {
		yaml("application.yml", """
				weakref:
				  caches:
				    tiles: { kind: keys, record-stats: false, initial-capacity: 1 }
				""");
		yaml("application-large.yml", """
				weakref:
				  caches:
				    Tiles: { kind: values, initialCapacity: 2 }
				""");
		this.variables.put("WEAKREF_CACHES_TILES_INITIALCAPACITY", "3");
		run((context) -> {
			assertThat(context.getBean(WeakrefProperties.class).getCaches()).containsOnlyKeys("Tiles");
			assertThat(context.getBean(WeakrefProperties.class).getCaches()).hasEntrySatisfying("Tiles", (tiles) -> {
				assertThat(tiles.kind()).hasToString("set");
				assertThat(tiles.initialCapacity()).isEqualTo(3);
				assertThat(tiles.recordStats()).isFalse();
			});
		}, "--spring.profiles.active=large", "--weakref.caches.TILES.kind=set");
	}

	@Test
	void twoNamesInBracketsAreTwoCaches(CapturedOutput output) {
		yaml("application.yml", """
				weakref:
				  caches:
				    "[docs:v1]": { kind: set }
				    "[docs.v1]": { kind: keys }
				""");
		run((context) -> assertThat(registry(context).names()).containsExactly("docs.v1", "docs:v1"));
		this.variables.put("WEAKREF_CACHES_DOCSV1_RECORDSTATS", "false");
		fail();
		assertThat(output).contains("The configuration property 'WEAKREF_CACHES_DOCSV1_RECORDSTATS' has no effect")
			.contains("It matches several caches: docs:v1, docs.v1.");
	}

	@Test
	void cacheWithANameInBracketsIsInjectedByThatName() {
		yaml("application.yml", """
				weakref:
				  caches:
				    "[docs:v1]":
				      key-type: java.lang.String
				      value-type: byte[]
				""");
		run((context) -> {
			assertThat(context.getBean("docs:v1")).isInstanceOf(WeakValueDictionary.class);
			assertThat(registry(context).values("docs:v1")).isSameAs(context.getBean("docs:v1"));
		});
	}

	@ParameterizedTest
	@CsvSource({ "my.tiles, kind: set, .kind", "my tiles, kind: set, .kind", "Körbe, kind: set, .kind",
			"'\"docs:v1\"', kind: set, .kind", "a/b, kind: set, .kind", "日本, kind: set, .kind",
			"a.b c, kind: set, .kind", "my tiles, '', ''" })
	void nameThatNeedsBracketsIsAnsweredWithThem(String name, String option, String below, CapturedOutput output) {
		yaml("application.yml", "weakref:\n  caches:\n    %s: { %s }\n".formatted(name, option));
		if (!option.isEmpty() || DeclaredCachesTests.emptyMapsAreSeen()) {
			fail();
			String plain = name.replace("\"", "");
			assertThat(output).contains("The name '%s' needs brackets".formatted(plain))
				.contains("\"[%s]\":".formatted(plain))
				.contains("weakref.caches[%s]%s".formatted(plain, below))
				.contains(option.isEmpty() ? "application.yml]" : "application.yml] - 3:");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"caches: {tiles: {kay-type: a}} | weakref.caches.tiles.kay-type | A cache has no option 'kay-type'. Did you mean key-type? The options are: element-type, hold-for, hold-max, initial-capacity, key-match, key-retention, key-type, kind, record-stats, referents, value-type.",
			"caches: {tiles: {valuetyp: a}} | weakref.caches.tiles.valuetyp | Did you mean value-type?",
			"caches: {tiles: {maximum-size: 5}} | weakref.caches.tiles.maximum-size | A cache has no option 'maximum-size'. A weak cache has no limit of size or time: an entry stays as long as something else holds its weak side. A cache of kind values can hold values after their last use, with hold-for or hold-max. The options are:",
			"caches: {tiles: {expire-after: 5m}} | weakref.caches.tiles.expire-after | no limit of size or time",
			"caches: {tiles: {expireAfterWrite: 5m}} | weakref.caches.tiles.expireAfterWrite | no limit of size or time",
			"caches: {tiles: {thread-name: a}} | weakref.caches.tiles.thread-name | Did you mean weakref.cleaner.thread-name?",
			"caches: {tiles: {kind: {a: b}}} | weakref.caches.tiles.kind.a | A cache has no option 'kind.a'.",
			"cache: {tiles: {kind: set}} | weakref.cache.tiles.kind | There is no property 'cache.tiles.kind' below weakref. Did you mean weakref.caches? The properties are: caches, cleaner, defaults, enabled, near-cache, never-shrinks-warning, spring-cache.",
			"tiles: {kind: set} | weakref.tiles.kind | Did you mean weakref.caches.tiles.kind?",
			"cleaner: {threads: 2} | weakref.cleaner.threads | There is no property 'threads' below weakref.cleaner. Did you mean weakref.cleaner.callback-threads? The properties are: callback-threads, shutdown-timeout, thread-name, virtual-threads.",
			"record-stats: true | weakref.record-stats | Did you mean weakref.defaults.record-stats?",
			"nonsense: true | weakref.nonsense | There is no property 'nonsense' below weakref. The properties are:",
			"cleaner: {thread-name: {a: b}} | weakref.cleaner.thread-name.a | weakref.cleaner.thread-name has a value of its own and no properties below it.",
			"spring-cache: {cache-names: {a: b}} | weakref.spring-cache.cache-names.a | weakref.spring-cache.cache-names has a value of its own",
			"near-cache: {heart-beet: 1s} | weakref.near-cache.heart-beet | There is no property 'heart-beet' below weakref.near-cache. Did you mean weakref.near-cache.heartbeat?" })
	void unknownPropertyIsAnsweredWithItsOriginAndTheExistingOnes(String yaml, String property, String reason,
			CapturedOutput output) {
		yaml("application.yml", "weakref:\n  " + yaml + "\n");
		fail();
		assertThat(output)
			.contains("The configuration property '%s' has no effect (originating from 'URL [file:".formatted(property))
			.contains("application.yml] - 2:")
			.contains(reason)
			.contains("Correct or remove the properties that have no effect.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "caches: tiles | weakref.caches | Write the name of each cache below it.",
			"defaults: warn | weakref.defaults | The properties below it are: hold-for, hold-max, record-stats, referents.",
			"caches: {tiles: set} | weakref.caches.tiles | Set the options of the cache, such as kind, below it" })
	void valueOfAGroupIsAnsweredWithThePropertiesBelowIt(String yaml, String property, String reason,
			CapturedOutput output) {
		yaml("application.yml", "weakref:\n  " + yaml + "\n");
		fail();
		assertThat(output).contains("for configuration property '%s' (originating from 'URL [file:".formatted(property))
			.contains("It has no value of its own. " + reason);
	}

	@Test
	void everyUnknownPropertyIsReportedAtOnce(CapturedOutput output) throws IOException {
		Files.writeString(this.folder.resolve("application.properties"),
				"weakref.caches.tiles.one=1\nweakref.caches.my\\ docs.kind=set\n");
		this.variables.put("WEAKREF_CLEANER_THREADS", "3");
		fail("--weakref.two=2");
		assertThat(output).contains("'weakref.caches.tiles.one' has no effect")
			.contains("application.properties] - 1:")
			.contains("'weakref.caches.my docs.kind' has no effect")
			.contains("'WEAKREF_CLEANER_THREADS' has no effect")
			.contains("'weakref.two' has no effect");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "WEAKREF_CACHES_OPEN_DOCUMENTS_KIND | Write WEAKREF_CACHES_OPENDOCUMENTS_KIND.",
					"WEAKREF_CACHES_TILES_KAYTYPE | A cache has no option 'kaytype'. Did you mean key-type?",
					"WEAKREF_DEFAULTS_STATS | Did you mean weakref.defaults.record-stats?",
					"WEAKREF_SPRINGCACHE_CACHE_NAMES | Write WEAKREF_SPRINGCACHE_CACHENAMES." })
	void variableWithoutEffectIsAnsweredWithTheCorrectOne(String variable, String reason, CapturedOutput output) {
		this.variables.put(variable, "set");
		fail();
		assertThat(output).contains("The configuration property '%s' has no effect".formatted(variable))
			.contains(reason);
	}

	@Test
	void variablesOfOtherProgramsAreLoggedInOneWarning(CapturedOutput output) {
		this.variables.put("WEAKREF_HOME", "/opt/weakref");
		this.variables.put("WEAKREF_CACHE_SERVICE_HOST", "10.0.0.1");
		run((context) -> assertThat(registry(context).names()).isEmpty());
		assertThat(output.toString().lines().filter((line) -> line.contains("WEAKREF_"))).singleElement()
			.asString()
			.contains("WARN", "Ignored environment variables that set no property below 'weakref': ", "WEAKREF_HOME",
					"WEAKREF_CACHE_SERVICE_HOST");
	}

	@Test
	void variablesOfEveryFormReachTheOtherProperties() {
		this.variables.put("WEAKREF_CLEANER_THREAD_NAME", "mine");
		this.variables.put("WEAKREF_CLEANER_CALLBACKTHREADS", "2");
		this.variables.put("WEAKREF_SPRINGCACHE_CACHENAMES_0", "a");
		run((context) -> {
			WeakrefProperties properties = context.getBean(WeakrefProperties.class);
			assertThat(properties.getCleaner().getThreadName()).isEqualTo("mine");
			assertThat(properties.getCleaner().getCallbackThreads()).isEqualTo(2);
			assertThat(properties.getSpringCache().getCacheNames()).containsExactly("a");
		});
	}

	@Test
	void propertyThatOneFileSetsTwiceIsAnsweredWithBothPlaces(CapturedOutput output) {
		yaml("application.yml", """
				weakref:
				  caches:
				    my-docs: { kind: set }
				    myDocs: { kind: keys }
				  defaults:
				    record-stats: true
				    recordStats: false
				""");
		fail();
		assertThat(output).contains("Invalid value 'keys' for configuration property 'weakref.caches.myDocs.kind'")
			.contains("'weakref.caches.my-docs.kind' sets the same property to 'set' (originating from 'URL [file:")
			.contains("'weakref.defaults.record-stats' sets the same property to 'true'");
	}

	@Test
	void cacheNamesWithoutTheirManagerAreLogged(CapturedOutput output) {
		yaml("application.yml", "weakref:\n  spring-cache:\n    cache-names: a\n");
		run((context) -> assertThat(context.containsBean("weakCacheManager")).isFalse());
		assertThat(output).contains("weakref.spring-cache.cache-names has no effect: "
				+ "weakCacheManager exists only if weakref.spring-cache.enabled is true");
	}

	@ParameterizedTest
	@CsvSource({ "weakref.enabled, weakCacheRegistry", "weakref.spring-cache.enabled, weakCacheManager",
			"weakref.never-shrinks-warning, weakCacheNeverShrinksWarning" })
	void switchThatIsNotABooleanIsRefused(String property, String bean, CapturedOutput output) {
		fail("--" + property + "=perhaps");
		fail("--" + property + "=${nope}");
		assertThat(output).contains("Invalid value 'perhaps' for configuration property '%s'".formatted(property))
			.contains("It must be true or false.")
			.contains("The placeholder is not resolved: there is no property 'nope'.");
		run((context) -> assertThat(context.containsBean(bean)).isTrue(), "--" + property + "=yes");
	}

	private void yaml(String file, String text) {
		try {
			Files.writeString(this.folder.resolve(file), text);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void fail(String... arguments) {
		assertThatException().isThrownBy(() -> run((context) -> {
		}, arguments));
	}

	private void run(Consumer<ConfigurableApplicationContext> test, String... arguments) {
		String[] all = Arrays.copyOf(arguments, arguments.length + 1);
		all[arguments.length] = "--spring.config.location=" + this.folder.toUri();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.initializers((target) -> target.getEnvironment()
				.getPropertySources()
				.addAfter("commandLineArgs",
						new SystemEnvironmentPropertySource("test-systemEnvironment", this.variables)))
			.run(all)) {
			test.accept(context);
		}
	}

	private static WeakCacheRegistry registry(ConfigurableApplicationContext context) {
		return context.getBean(WeakCacheRegistry.class);
	}

	private static boolean recordsStats(WeakCollection cache) {
		boolean contained = ((WeakSet<?>) cache).contains(cache);
		return !contained && cache.stats().misses() == 1;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WeakrefAutoConfiguration.class, WeakCacheManagerAutoConfiguration.class })
	static class Application {

	}

}
