package io.weakref.sample;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real Prometheus scrapes the application, with the configuration that the folder
 * {@code observability} gives to anybody.
 * <p>
 * Skipped where there is no Prometheus, unless {@code -Dprometheus.required=true}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "weakref.caches.turns.kind=locks")
@EnabledIf(value = "isPrometheusExpected",
		disabledReason = "Prometheus is not installed as /usr/bin/prometheus and /usr/bin/promtool "
				+ "(Debian: apt-get install prometheus)")
@Tag("slow")
class PrometheusTests {

	private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");

	private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

	private final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	private int column;

	static boolean isPrometheusExpected() {
		return Boolean.getBoolean("prometheus.required") || (Files.exists(PROMETHEUS) && Files.exists(PROMTOOL));
	}

	@Test
	void promtoolIsContentWithTheConfigurationAndTheRules() throws Exception {
		assertThat(run("check", "config", "prometheus.yml")).contains("7 rules found").doesNotContain("FAILED");
		assertThat(run("test", "rules", "alerts-test.yml")).contains("SUCCESS").doesNotContain("FAILED");
	}

	private String run(String... arguments) throws IOException, InterruptedException {
		Process promtool = new ProcessBuilder(
				Stream.concat(Stream.of(PROMTOOL.toString()), Stream.of(arguments)).toList())
			.directory(Observability.FOLDER.toFile())
			.redirectErrorStream(true)
			.start();
		String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(promtool.waitFor()).as(output).isZero();
		return output;
	}

	@Test
	void everyExpressionHasData() throws Exception {
		int prometheusPort = freePort();
		Process prometheus = start(prometheusPort);
		try {
			String server = "http://localhost:" + prometheusPort;
			untilWithin30Seconds().until(() -> status(server + "/-/ready") == 200);
			String api = server + "/api/v1/";
			untilWithin30Seconds().until(() -> {
				JsonNode targets = get(api + "targets").at("/data/activeTargets");
				return targets.size() == 1 && "up".equals(targets.get(0).get("health").asString());
			});
			assertThat(get(api + "rules").at("/data/groups/0/rules").size()).isEqualTo(7);
			System.gc();
			for (String expression : Observability.expressions()) {
				untilWithin30Seconds().alias("Data for " + expression).until(() -> {
					useTheApplication();
					return hasData(api, expression);
				});
			}
			untilWithin30Seconds()
				.untilAsserted(() -> assertThat(labels(api, "weakref_live")).contains("cache=tiles,kind=values",
						"cache=looking,kind=set", "cache=activities,kind=keys", "cache=renderings,kind=keys"));
		}
		finally {
			prometheus.destroy();
			prometheus.waitFor();
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private Process start(int prometheusPort) throws IOException {
		String configuration = Files.readString(Observability.FOLDER.resolve("prometheus.yml"));
		assertThat(configuration).contains("localhost:8080", ": 5s");
		Files.writeString(this.directory.resolve("prometheus.yml"),
				configuration.replace("localhost:8080", "localhost:" + this.port).replace(": 5s", ": 1s"));
		Files.copy(Observability.FOLDER.resolve("alerts.yml"), this.directory.resolve("alerts.yml"));
		File log = Files.createDirectories(Path.of("target")).resolve("prometheus.log").toFile();
		return new ProcessBuilder(PROMETHEUS.toString(), "--config.file=prometheus.yml", "--storage.tsdb.path=data",
				"--web.listen-address=127.0.0.1:" + prometheusPort)
			.directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log)
			.start();
	}

	/**
	 * Have one more tile rendered, and ask for it once more.
	 */
	private void useTheApplication() throws IOException, InterruptedException {
		String tile = "http://localhost:" + this.port + "/tiles/9/" + this.column++ + "/0.png";
		for (int i = 0; i < 2; i++) {
			assertThat(status(tile)).isEqualTo(200);
		}
	}

	private int status(String uri) throws IOException, InterruptedException {
		return this.http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.discarding()).statusCode();
	}

	private boolean hasData(String api, String expression) throws IOException, InterruptedException {
		JsonNode answer = query(api, expression);
		assertThat(answer.get("status").asString()).as(expression).isEqualTo("success");
		return StreamSupport.stream(answer.at("/data/result").spliterator(), false)
			.anyMatch((series) -> !series.at("/value/1").asString().equals("NaN"));
	}

	private List<String> labels(String api, String expression) throws IOException, InterruptedException {
		return StreamSupport.stream(query(api, expression).at("/data/result").spliterator(), false)
			.map((series) -> series.get("metric"))
			.map((labels) -> "cache=" + labels.get("cache").asString() + ",kind=" + labels.get("kind").asString())
			.toList();
	}

	private JsonNode query(String api, String expression) throws IOException, InterruptedException {
		return get(api + "query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
	}

	private JsonNode get(String uri) throws IOException, InterruptedException {
		return new JsonMapper().readTree(
				this.http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofByteArray()).body());
	}

	private static ConditionFactory untilWithin30Seconds() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(250))
			.ignoreException(ConnectException.class);
	}

}
