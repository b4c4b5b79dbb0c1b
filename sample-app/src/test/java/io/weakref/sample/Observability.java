package io.weakref.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The expressions in the folder {@code observability}.
 */
final class Observability {

	static final Path FOLDER = Path.of("observability").toAbsolutePath();

	private static final Pattern COMPARISON = Pattern.compile(" [<>=]=? [0-9.]+");

	private static final Pattern METER = Pattern.compile("\\b(?:weakref|jvm|sample|executor|http)_\\w+");

	private static final String NEAR_CACHE = "weakref_near_";

	private Observability() {
	}

	/**
	 * Return the expressions of panels and alerts that have data in an application
	 * without a near cache.
	 */
	static List<String> expressions() throws IOException {
		return all().filter((expression) -> !expression.contains(NEAR_CACHE)).toList();
	}

	/**
	 * Return the expressions of panels and alerts that need a near cache.
	 */
	static List<String> nearCacheExpressions() throws IOException {
		return all().filter((expression) -> expression.contains(NEAR_CACHE)).toList();
	}

	private static Stream<String> all() throws IOException {
		return Stream.concat(panels().stream(), alerts().stream());
	}

	/**
	 * Return the meters that expressions name.
	 */
	static Set<String> meters(List<String> expressions) {
		return expressions.stream()
			.flatMap((expression) -> METER.matcher(expression).results())
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * Return the meters of an answer to a scrape.
	 */
	static Set<String> exposed(byte[] scrape) {
		return new String(scrape, StandardCharsets.UTF_8).lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.replaceFirst("[{ ].*", ""))
			.collect(Collectors.toSet());
	}

	/**
	 * Return the expressions of the dashboard's panels, its variables replaced, without
	 * limits.
	 */
	private static List<String> panels() throws IOException {
		JsonNode dashboard = new JsonMapper()
			.readTree(Files.readAllBytes(FOLDER.resolve("grafana/dashboards/weakref.json")));
		return StreamSupport.stream(dashboard.get("panels").spliterator(), false)
			.flatMap((panel) -> StreamSupport.stream(panel.path("targets").spliterator(), false))
			.map((target) -> target.get("expr").asString())
			.map(Observability::withoutLimits)
			.map((expression) -> expression.replace("$__rate_interval", "1m")
				.replace("$__range", "1m")
				.replace("$instance", ".*")
				.replace("$cache", ".*"))
			.toList();
	}

	/**
	 * Return the expressions of the alert rules without their limits, so that they have a
	 * value where there is nothing to alert of.
	 */
	private static List<String> alerts() throws IOException {
		try (InputStream file = Files.newInputStream(FOLDER.resolve("alerts.yml"))) {
			Map<String, List<Map<String, List<Map<String, String>>>>> alerts = new Yaml().load(file);
			return alerts.getOrDefault("groups", List.of())
				.stream()
				.flatMap((group) -> group.getOrDefault("rules", List.of()).stream())
				.map((rule) -> rule.getOrDefault("expr", ""))
				.map((expression) -> withoutLimits(expression).replace(" unless ", " and "))
				.toList();
		}
	}

	private static String withoutLimits(String expression) {
		return COMPARISON.matcher(expression).replaceAll("");
	}

}
