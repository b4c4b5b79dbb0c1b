package io.weakref.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.weakref.autoconfigure.WeakrefProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The configuration metadata that editors read.
 */
final class Metadata {

	private static final String FILE = "META-INF/spring-configuration-metadata.json";

	private static final Map<String, String> DEFAULTS_OF_A_CACHE = Map.of("kind", "values", "initial-capacity", "0",
			"key-match", "equality", "key-retention", "oldest");

	private Metadata() {
	}

	/**
	 * Return the properties of this library with their defaults, null if there is none.
	 */
	static Map<String, @Nullable Object> defaults() {
		try {
			Resource ours = new PathMatchingResourcePatternResolver()
				.getResource(WeakrefProperties.class.getProtectionDomain().getCodeSource().getLocation() + FILE);
			Map<String, @Nullable Object> defaults = read(ours);
			defaults.remove("weakref.caches");
			// An editor reads these from the class of the map's values
			for (RecordComponent option : WeakrefProperties.Cache.class.getRecordComponents()) {
				String name = option.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
				defaults.put("weakref.caches.*." + name, DEFAULTS_OF_A_CACHE.get(name));
			}
			return defaults;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the names of all properties, including those of Spring Boot. */
	static Set<String> names() {
		try {
			Set<String> names = new TreeSet<>(defaults().keySet());
			for (Resource file : new PathMatchingResourcePatternResolver().getResources("classpath*:" + FILE)) {
				names.addAll(read(file).keySet());
			}
			return names;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, @Nullable Object> read(Resource file) throws IOException {
		Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(file.getContentAsString(UTF_8));
		Map<String, @Nullable Object> defaults = new TreeMap<>();
		((List<Map<String, Object>>) Objects.requireNonNull(metadata.get("properties"))).forEach((property) -> defaults
			.put((String) Objects.requireNonNull(property.get("name")), property.get("defaultValue")));
		return defaults;
	}

}
