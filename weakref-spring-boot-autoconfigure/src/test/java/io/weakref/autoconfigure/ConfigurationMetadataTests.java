package io.weakref.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.near.WhileUntrusted;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata that editors read.
 */
@SuppressWarnings("unchecked")
class ConfigurationMetadataTests {

	private static final Set<String> WITHOUT_DEFAULT = Set.of("weakref.near-cache.cache-manager",
			"weakref.defaults.hold-for", "weakref.defaults.hold-max");

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
	void cachesAreAMapWhoseValuesAnEditorReadsFromTheirClass() {
		assertThat(this.properties.get("weakref.caches")).containsEntry("type",
				"java.util.Map<java.lang.String,%s>".formatted(WeakrefProperties.Cache.class.getName()));
		assertThat(WeakrefProperties.Cache.class.getRecordComponents()).extracting(RecordComponent::getType)
			.allMatch((type) -> type.isEnum()
					|| Set.of(Class.class, Boolean.class, Integer.class, Duration.class).contains(type));
		assertThat(WeakrefProperties.Cache.class.getRecordComponents())
			.filteredOn((component) -> component.getName().endsWith("Type"))
			.hasSize(3)
			.allSatisfy((component) -> assertThat(component.getType()).isEqualTo(Class.class));
	}

	@Test
	void everyNameIsAValidPropertyName() {
		assertThat(this.properties.keySet()).allMatch(ConfigurationPropertyName::isValid);
		assertThat(this.hints.keySet()).allMatch(ConfigurationPropertyName::isValid);
	}

	@Test
	void everyExpectedPropertyIsPresent() {
		assertThat(this.properties).containsKeys("weakref.enabled", "weakref.caches", "weakref.defaults.record-stats",
				"weakref.defaults.referents", "weakref.defaults.hold-for", "weakref.defaults.hold-max",
				"weakref.cleaner.thread-name", "weakref.cleaner.callback-threads", "weakref.cleaner.virtual-threads",
				"weakref.cleaner.shutdown-timeout", "weakref.spring-cache.enabled", "weakref.spring-cache.cache-names",
				"weakref.near-cache.enabled", "weakref.near-cache.cache-manager", "weakref.near-cache.cache-names",
				"weakref.near-cache.heartbeat", "weakref.near-cache.max-staleness",
				"weakref.near-cache.while-untrusted", "weakref.near-cache.serve-for");
	}

	@Test
	void hintsListEveryAllowedValue() {
		assertThat(words("weakref.defaults.referents")).isEqualTo(constants(ReferentPolicy.values()));
		assertThat(words("weakref.near-cache.while-untrusted")).isEqualTo(constants(WhileUntrusted.values()));
	}

	@Test
	void hintsAllowAnyName() {
		assertThat(providers("weakref.caches.keys")).containsExactly("any");
		assertThat(providers("weakref.spring-cache.cache-names")).containsExactly("any");
		assertThat(providers("weakref.near-cache.cache-names")).containsExactly("any");
		assertThat(providers("weakref.near-cache.cache-manager")).containsExactly("spring-bean-reference");
	}

	@Test
	void everyHintIsForAPropertyOrForTheKeysOrTheValuesOfAMap() {
		assertThat(this.hints.keySet()).allSatisfy((name) -> {
			String property = name.replaceAll("\\.(keys|values)$", "");
			assertThat(this.properties).containsKey(property);
			if (!property.equals(name)) {
				assertThat((String) Objects.requireNonNull(this.properties.get(property)).get("type"))
					.startsWith("java.util.Map<");
			}
		});
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
