package io.weakref.autoconfigure.near;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.near.NearCacheManager;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the page of the near cache to what is there.
 */
class NearCachePageTests {

	private final String page = read();

	@Test
	void everyPropertyIsInTheTableWithItsDefault() throws IOException {
		Map<String, String> table = new TreeMap<>();
		Pattern.compile("(?m)^\\| `(weakref\\.near-cache\\.[a-z-]+)` \\| (?:`([^`]*)`)? ?\\|")
			.matcher(this.page)
			.results()
			.forEach((row) -> table.put(row.group(1), Objects.requireNonNullElse(row.group(2), "")));
		assertThat(table).isEqualTo(defaults());
	}

	@Test
	void everyMeterIsInTheTable() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, CacheAutoConfiguration.class,
					WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class,
					NearCacheMetricsAutoConfiguration.class))
			.withUserConfiguration(CachingConfiguration.class)
			.withPropertyValues("weakref.near-cache.enabled=true", "spring.data.redis.port=1")
			.run((context) -> {
				SimpleMeterRegistry registry = new SimpleMeterRegistry();
				context.getBean(NearCacheMeterBinder.class).bindTo(registry);
				context.getBean("weakNearCacheManager", NearCacheManager.class).getCache("customers");
				Set<String> meters = registry.getMeters()
					.stream()
					.map((meter) -> meter.getId().getName())
					.collect(Collectors.toCollection(TreeSet::new));
				assertThat(matches("(?m)^\\| `(weakref\\.near\\.[a-z.]+)`")).isEqualTo(meters).hasSize(4);
			});
	}

	private Set<String> matches(String pattern) {
		return Pattern.compile(pattern)
			.matcher(this.page)
			.results()
			.map((MatchResult match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, String> defaults() throws IOException {
		Map<String, Object> metadata = JsonParserFactory.getJsonParser()
			.parseMap(new ClassPathResource("/META-INF/spring-configuration-metadata.json", NearCacheProperties.class)
				.getContentAsString(UTF_8));
		Map<String, String> defaults = new TreeMap<>();
		((List<Map<String, Object>>) Objects.requireNonNull(metadata.get("properties"))).forEach((property) -> {
			String name = (String) Objects.requireNonNull(property.get("name"));
			if (name.startsWith("weakref.near-cache.")) {
				Object value = property.get("defaultValue");
				defaults.put(name, (value != null && !value.equals(List.of())) ? value.toString() : "");
			}
		});
		return defaults;
	}

	private static String read() {
		try {
			return Files.readString(Path.of("src/docs/near-cache.md"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
