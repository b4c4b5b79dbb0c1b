package io.weakref.autoconfigure;

import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what an application that is not right is told when it fails to start.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTests {

	@Test
	void unknownKindIsAnsweredWithTheKindsThereAre(CapturedOutput output) {
		start("weakref.caches.tiles.kind=valuess");
		assertThat(output).contains("Invalid value 'valuess' for configuration property 'weakref.caches.tiles.kind'")
			.contains("It must be one of values, keys, set.");
	}

	@Test
	void unknownWordsAreAnsweredWithTheWordsThereAre(CapturedOutput output) {
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
	void valueWhereOptionsBelongIsAnsweredWithWhereTheyGo(CapturedOutput output) {
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
					+ "weakref.caches.tiles.kind to one of those.")
			.contains("configuration property 'weakref.caches.viewers.value-type'")
			.contains("A cache of kind set has no value-type, only kind values and kind keys.");
	}

	@Test
	void cleanerSettingsAreJudged(CapturedOutput output) {
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
	void takenNameIsAnsweredWithWhoHasIt(CapturedOutput output) {
		start(OwnCache.class, "weakref.caches.tiles.kind=set");
		assertThat(output).contains("Two weak caches want the name 'tiles':")
			.contains("weakref.caches.tiles of kind set has it")
			.contains("bean 'mine' of kind values wants it too")
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
	void cacheWithoutTypesIsPointedOutWhereOneIsMissing(CapturedOutput output) {
		start(ByType.class, "weakref.caches.images.key-type=java.lang.String");
		assertThat(output).contains("weakref.caches.images does not say key-type and value-type")
			.contains("@WeakCache(\"images\")")
			.contains("weakref.caches.images.key-type=java.lang.String")
			.contains("weakref.caches.images.value-type=byte[]")
			.doesNotContain("io.weakref.context.requested");
	}

	@Test
	void otherMissingBeansAreLeftToOthers(CapturedOutput output) {
		start(NeedsThread.class);
		assertThat(output).contains("required a bean of type 'java.lang.Thread' that could not be found")
			.doesNotContain("weak cache");
	}

	@Test
	void typeThatDoesNotTellTheKindIsAnsweredWithThoseThatDo(CapturedOutput output) {
		start(NoKind.class);
		assertThat(output).contains("Field tiles in " + NoKind.class.getName() + " has @WeakCache and is of type")
			.contains("Use WeakValueDictionary or WeakKeyDictionary or WeakSet there")
			.doesNotContain("Consider marking one of the beans as @Primary");
	}

	@Test
	void disabledStarterIsNotRecommended(CapturedOutput output) {
		start(ByType.class, "weakref.enabled=false");
		assertThat(output).contains("required a bean of type 'io.weakref.collection.WeakValueDictionary'")
			.doesNotContain("@WeakCache");
	}

	@Test
	void cacheOfAnotherTypeIsAnsweredWithBothTypes(CapturedOutput output) {
		start(OtherType.class, "weakref.caches.tiles.key-type=java.lang.String",
				"weakref.caches.tiles.value-type=byte[]");
		assertThat(output)
			.contains("field 'tiles' in " + OtherType.class.getName() + " asks for the weak cache 'tiles' as")
			.contains("io.weakref.collection.WeakSet<java.lang.Object>")
			.contains("io.weakref.collection.WeakValueDictionary<java.lang.String, byte[]>");
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
	static class NeedsThread {

		@Autowired
		Thread thread;

	}

}
