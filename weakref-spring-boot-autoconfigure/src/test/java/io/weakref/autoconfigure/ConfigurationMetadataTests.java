package io.weakref.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.collection.KeyMatch;
import io.weakref.collection.KeyRetention;
import io.weakref.context.WeakCacheKind;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.ClassUtils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that an editor reads.
 */
@SuppressWarnings("unchecked")
class ConfigurationMetadataTests {

	private static final String CACHE = "weakref.caches.*.";

	private static final Set<String> WITHOUT_DEFAULT = Set.of(CACHE + "key-type", CACHE + "value-type",
			CACHE + "element-type");

	private final Map<String, Object> metadata = read();

	private final Map<String, Map<String, Object>> properties = byName("properties");

	private final Map<String, Map<String, Object>> hints = byName("hints");

	@Test
	void everyPropertyHasTypeDescriptionAndDefault() {
		assertThat(this.properties).isNotEmpty().allSatisfy((name, property) -> {
			assertThat(property).containsKeys("type", "description");
			assertThat((String) property.get("description")).endsWith(".");
			assertThat(property.containsKey("defaultValue")).isNotEqualTo(WITHOUT_DEFAULT.contains(name));
		});
	}

	@Test
	void everyOptionOfACacheIsDescribedAndNoneThatIsNot() {
		assertThat(this.properties.keySet().stream().filter((name) -> name.startsWith(CACHE)))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(WeakrefProperties.Cache.class.getRecordComponents())
				.map(RecordComponent::getName)
				.map((name) -> CACHE + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
				.toList());
	}

	@Test
	void everyOptionOfACacheHasTheTypeOfItsComponent() {
		for (RecordComponent component : WeakrefProperties.Cache.class.getRecordComponents()) {
			String name = CACHE + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			assertThat(this.properties.get(name)).containsEntry("type",
					ClassUtils.resolvePrimitiveIfNecessary(component.getType()).getName());
		}
	}

	@Test
	void keysOfTheDesignAreThere() {
		assertThat(this.properties).containsKeys("weakref.enabled", "weakref.caches", "weakref.defaults.record-stats",
				"weakref.defaults.referents", "weakref.cleaner.thread-name", "weakref.cleaner.callback-threads",
				"weakref.cleaner.virtual-threads", "weakref.cleaner.shutdown-timeout", "weakref.spring-cache.enabled",
				"weakref.spring-cache.cache-names");
	}

	@Test
	void hintsGiveEveryWordThatIsAllowed() {
		assertThat(words(CACHE + "kind")).isEqualTo(constants(WeakCacheKind.values()));
		assertThat(words(CACHE + "key-match")).isEqualTo(constants(KeyMatch.values()));
		assertThat(words(CACHE + "key-retention")).isEqualTo(constants(KeyRetention.values()));
		assertThat(words(CACHE + "referents")).isEqualTo(constants(ReferentPolicy.values()));
		assertThat(words("weakref.defaults.referents")).isEqualTo(constants(ReferentPolicy.values()));
	}

	@Test
	void hintsCompleteClassesAndLetNamesBeAnything() {
		for (String option : WITHOUT_DEFAULT) {
			assertThat(providers(option)).containsExactly("class-reference");
		}
		assertThat(providers("weakref.caches.keys")).containsExactly("any");
		assertThat(providers("weakref.spring-cache.cache-names")).containsExactly("any");
	}

	@Test
	void everyHintIsForAPropertyOrForTheKeysOfAMap() {
		assertThat(this.hints.keySet())
			.allSatisfy((name) -> assertThat(this.properties).containsKey(name.replaceAll("\\.keys$", "")));
		assertThat(this.properties.keySet().stream().map((name) -> name.replace(".*.", ".tiles.")))
			.allMatch(ConfigurationPropertyName::isValid);
	}

	private Set<Object> words(String name) {
		return list(this.hints, name, "values").map((value) -> value.get("value")).collect(Collectors.toSet());
	}

	private List<Object> providers(String name) {
		return list(this.hints, name, "providers").map((provider) -> provider.get("name")).toList();
	}

	private Map<String, Map<String, Object>> byName(String section) {
		return ((List<Map<String, Object>>) Objects.requireNonNull(this.metadata.get(section))).stream()
			.collect(Collectors.toMap((entry) -> (String) Objects.requireNonNull(entry.get("name")), (entry) -> entry));
	}

	private static Stream<Map<String, Object>> list(Map<String, Map<String, Object>> entries, String name, String key) {
		Map<String, Object> entry = Objects.requireNonNull(entries.get(name), name);
		return ((List<Map<String, Object>>) Objects.requireNonNull(entry.get(key), key)).stream();
	}

	private static Set<Object> constants(Enum<?>[] values) {
		return Arrays.stream(values).map((value) -> value.name().toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
	}

	private static Map<String, Object> read() {
		try {
			return JsonParserFactory.getJsonParser()
				.parseMap(new ClassPathResource("/META-INF/spring-configuration-metadata.json", WeakrefProperties.class)
					.getContentAsString(UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
