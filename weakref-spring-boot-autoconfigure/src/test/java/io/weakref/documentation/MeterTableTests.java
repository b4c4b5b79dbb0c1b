package io.weakref.documentation;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.weakref.collection.WeakCacheKind;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.micrometer.metrics.actuate.endpoint.MetricsEndpoint;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the tables of meters on all pages against the meters that exist.
 */
class MeterTableTests {

	/** Tags whose values the application chooses. */
	private static final Set<String> NAMES = Set.of("cache", "cleaner");

	/** An application that has every meter. */
	private final ApplicationContextRunner contextRunner = DocumentedApplication.runner()
		.withPropertyValues(Arrays.stream(WeakCacheKind.values())
			.map("weakref.caches.%1$s.kind=%1$s"::formatted)
			.toArray(String[]::new))
		.withPropertyValues("weakref.caches.values.hold-for=10m", "weakref.near-cache.enabled=true",
				"weakref.near-cache.cache-names=customers");

	@Test
	void everyMeterIsInATableWithItsTagsAndEveryMeterInATableExists() {
		this.contextRunner.run((context) -> {
			context.getBean("weakNearCacheManager", CacheManager.class).getCache("customers");
			Map<String, Map<String, Set<String>>> registered = new TreeMap<>();
			for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
				if (meter.getId().getName().startsWith("weakref.")) {
					Map<String, Set<String>> tags = registered.computeIfAbsent(meter.getId().getName(),
							(name) -> new TreeMap<>());
					for (Tag tag : meter.getId().getTags()) {
						tags.computeIfAbsent(tag.getKey(), (key) -> new TreeSet<>()).add(tag.getValue());
					}
				}
			}
			Set<String> listed = new TreeSet<>();
			Set<String> namedValues = new TreeSet<>();
			for (Page page : Page.all()) {
				for (List<String> row : page.rows("meter")) {
					for (String name : Page.codes(row.get(0))) {
						assertThat(registered).as(page.toString()).containsKey(name);
						Map<String, Set<String>> tags = Objects.requireNonNull(registered.get(name));
						Set<String> words = new TreeSet<>(Page.codes(row.get(2)));
						assertThat(words).as("tags of %s in %s", name, page).containsAll(tags.keySet());
						words.removeAll(tags.keySet());
						tags.values().forEach((values) -> {
							Set<String> named = new TreeSet<>(words);
							named.retainAll(values);
							namedValues.addAll(named);
							words.removeAll(values);
						});
						assertThat(words).as("tags that %s does not have, in %s", name, page).isEmpty();
						listed.add(name);
					}
				}
			}
			assertThat(listed).isEqualTo(registered.keySet());
			registered.values().forEach((tags) -> tags.forEach((key, values) -> {
				if (!NAMES.contains(key)) {
					assertThat(namedValues).as(key).containsAll(values);
				}
			}));
		});
	}

	@Test
	void endpointNamedInTheReadmeShowsTheFigureOfTheFirstUse() {
		assertThat(Page.readme().text()).contains("/actuator/metrics/weakref.live?tag=cache:tiles");
		DocumentedApplication.runner().withPropertyValues("weakref.caches.tiles.kind=values").run((context) -> {
			Object tile = new Object();
			context.getBean(WeakCacheRegistry.class).<String, Object>values("tiles").put("a", tile);
			assertThat(new MetricsEndpoint(context.getBean(MeterRegistry.class)).metric("weakref.live",
					List.of("cache:tiles")))
				.isNotNull()
				.satisfies((metric) -> assertThat(metric.getMeasurements()).singleElement()
					.satisfies((sample) -> assertThat(sample.getValue()).isEqualTo(1)));
			assertThat(tile).isNotNull();
		});
	}

}
