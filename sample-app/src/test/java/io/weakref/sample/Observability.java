package io.weakref.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

	private Observability() {
	}

	/**
	 * Return the expressions of the dashboard's panels, its variables replaced.
	 */
	static List<String> panels() throws IOException {
		JsonNode dashboard = new JsonMapper()
			.readTree(Files.readAllBytes(FOLDER.resolve("grafana/dashboards/weakref.json")));
		return StreamSupport.stream(dashboard.get("panels").spliterator(), false)
			.flatMap((panel) -> StreamSupport.stream(panel.get("targets").spliterator(), false))
			.map((target) -> target.get("expr").asString())
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
	static List<String> alerts() throws IOException {
		try (InputStream file = Files.newInputStream(FOLDER.resolve("alerts.yml"))) {
			Map<String, List<Map<String, List<Map<String, String>>>>> alerts = new Yaml().load(file);
			return alerts.getOrDefault("groups", List.of())
				.stream()
				.flatMap((group) -> group.getOrDefault("rules", List.of()).stream())
				.map((rule) -> rule.getOrDefault("expr", ""))
				.map((expression) -> COMPARISON.matcher(expression).replaceAll("").replace(" unless ", " and "))
				.toList();
		}
	}

}
