package io.weakref.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.PageLoadStrategy;
import org.openqa.selenium.chrome.ChromeDriver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static io.weakref.sample.Chromium.ready;
import static io.weakref.sample.Chromium.screenshot;
import static io.weakref.sample.Chromium.text;
import static io.weakref.sample.Chromium.until;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances of the application that share their tiles through a Redis server.
 */
@EnabledIf(value = "io.weakref.sample.RedisServer#isExpected", disabledReason = RedisServer.MISSING)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("slow")
class RedisTests {

	private static final String TILE = "8/120/123";

	private RedisServer redis;

	private Instance one;

	private Instance other;

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		this.redis = RedisServer.start(directory);
		this.one = new Instance(this.redis.port());
		this.other = new Instance(this.redis.port());
		untilTrusted();
	}

	@AfterAll
	void stop() throws InterruptedException {
		this.one.context.close();
		this.other.context.close();
		this.redis.close();
	}

	@BeforeEach
	void look() throws Exception {
		this.one.look();
		this.other.look();
	}

	@AfterEach
	void leave() throws Exception {
		renderAgain(this.one);
	}

	@Test
	void tileIsRenderedByOneInstanceReadByTheOtherAndThenInUseInBoth() throws Exception {
		HttpResponse<byte[]> rendered = this.one.tile();
		assertThat(origin(rendered)).isEqualTo("rendered");
		HttpResponse<byte[]> read = this.other.tile();
		assertThat(origin(read)).isEqualTo("redis");
		assertThat(read.body()).isEqualTo(rendered.body());
		assertThat(origin(this.one.tile())).isEqualTo("at-hand");
		HttpResponse<byte[]> again = this.other.tile();
		assertThat(origin(again)).isEqualTo("at-hand");
		assertThat(serial(again)).isEqualTo(serial(read));
		assertThat(this.one.meter("live")).isGreaterThanOrEqualTo(1);
	}

	@Test
	void everyInstanceRendersAgainWhenOneOfThemIsAskedTo() throws Exception {
		HttpResponse<byte[]> before = this.one.tile();
		assertThat(serial(this.other.tile())).isPositive();
		assertThat(this.other.heldTiles()).isEqualTo(1);

		renderAgain(this.one);
		HttpResponse<byte[]> rendered = this.other.tile();
		assertThat(origin(rendered)).isEqualTo("rendered");
		assertThat(rendered.body()).isNotEqualTo(before.body());
		HttpResponse<byte[]> read = this.one.tile();
		assertThat(origin(read)).isEqualTo("redis");
		assertThat(read.body()).isEqualTo(rendered.body());
		assertThat(serial(read)).isGreaterThan(serial(before));
	}

	@Test
	void tilesAreRenderedLocallyWhileRedisIsDownAndSharedOnceItIsBack() throws Exception {
		this.one.tile();
		this.redis.kill();
		until(() -> !this.one.isTrusted());
		assertThat(origin(this.one.get("/tiles/8/20/20.png?viewer=" + this.one.viewer))).isEqualTo("rendered");
		assertThat(this.one.health("/weakrefNear").at("/details/trusted").asBoolean()).isFalse();
		this.redis.restart();
		untilTrusted();
		untilTrue(() -> this.one.reachesRedis() && this.other.reachesRedis());
		String tile = "/tiles/8/20/21.png?viewer=";
		assertThat(origin(this.one.get(tile + this.one.viewer))).isEqualTo("rendered");
		assertThat(origin(this.other.get(tile + this.other.viewer))).isEqualTo("redis");
	}

	@Test
	void sharedTilesCannotBeHeld() throws Exception {
		assertThat(new String(this.one.get("/api/hold").body(), StandardCharsets.UTF_8)).isEqualTo("""
				{"on":false,"seconds":null}""");
		HttpResponse<byte[]> refused = this.one.send("PUT", "/api/hold", """
				{"on": true}""");
		assertThat(refused.statusCode()).isEqualTo(409);
		assertThat(new String(refused.body(), StandardCharsets.UTF_8))
			.contains("Tiles that are shared through Redis are not held for a while.");
		this.one.tile();
		assertThat(this.one.meter("held")).isZero();
		assertThat(this.one.meter("inUse")).isEqualTo(1);
	}

	@Test
	void dashboardAndAlertsNameOnlyMetersOfTheNearCacheThatExist() throws Exception {
		List<String> expressions = Observability.nearCacheExpressions();
		assertThat(expressions).hasSizeGreaterThan(4);
		this.one.tile();
		assertThat(Observability.exposed(this.one.get("/actuator/prometheus").body()))
			.containsAll(Observability.meters(expressions));
	}

	@Test
	@EnabledIf(value = "io.weakref.sample.Chromium#isExpected", disabledReason = Chromium.MISSING)
	void pageShowsWhereEachTileComesFrom() {
		ChromeDriver browser = Chromium.start(PageLoadStrategy.NORMAL);
		try {
			browser.manage().window().setSize(new Dimension(1440, 900));
			browser.get("http://localhost:%d/#-0.74548,0.11669,10.2".formatted(this.one.port));
			ready(browser);
			until(() -> text(browser, "origins").matches("[1-9]\\d* rendered here\n0 from Redis\n\\d+ at hand"));

			browser.get("http://localhost:%d/#-0.74548,0.11669,10.2".formatted(this.other.port));
			ready(browser);
			until(() -> text(browser, "origins").matches("0 rendered here\n[1-9]\\d* from Redis\n\\d+ at hand"));
			assertThat(text(browser, "tile")).matches(".* no\\. \\d+, (from Redis|at hand), held for .*");
			assertThat(browser.findElement(By.id("hold")).isDisplayed()).isFalse();
			browser.findElement(By.id("frames")).click();
			screenshot(browser, "from-redis");

			browser.findElement(By.id("again")).click();
			until(() -> text(browser, "origins").matches("[1-9]\\d* rendered here\n0 from Redis\n\\d+ at hand"));
			assertThat(text(browser, "toast")).isEqualTo("Every tile is rendered again, for everybody.");
		}
		finally {
			browser.quit();
		}
	}

	/**
	 * Press the button, and wait until both instances show the new edition.
	 */
	private void renderAgain(Instance pressed) throws Exception {
		assertThat(pressed.send("POST", "/api/editions", "").statusCode()).isEqualTo(204);
		untilTrue(() -> this.one.heldTiles() == 0 && this.other.heldTiles() == 0);
	}

	private void untilTrusted() {
		untilTrue(() -> this.one.isTrusted() && this.other.isTrusted());
	}

	private static void untilTrue(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(condition);
	}

	private static String origin(HttpResponse<byte[]> tile) {
		assertThat(tile.statusCode()).isEqualTo(200);
		return tile.headers().firstValue("Tile-Origin").orElseThrow();
	}

	private static long serial(HttpResponse<byte[]> tile) {
		return tile.headers().firstValueAsLong("Tile-Serial").orElseThrow();
	}

	/**
	 * An instance of the application, with a viewer that looks at a tile.
	 */
	private static final class Instance {

		private final HttpClient http = HttpClient.newHttpClient();

		private final JsonMapper json = new JsonMapper();

		private final UUID viewer = UUID.randomUUID();

		private final ConfigurableApplicationContext context;

		private final int port;

		Instance(int redisPort) {
			this.context = new SpringApplicationBuilder(SampleApplication.class).profiles("redis")
				.run("--server.port=0", "--spring.data.redis.port=" + redisPort, "--sample.viewer-timeout=5m");
			this.port = this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		}

		HttpResponse<byte[]> tile() throws IOException, InterruptedException {
			return get("/tiles/" + TILE + ".png?viewer=" + this.viewer);
		}

		JsonNode look() throws IOException, InterruptedException {
			return read(send("PUT", "/api/viewers/" + this.viewer, """
					{"zoom": 8, "left": 120, "top": 123, "right": 120, "bottom": 123}"""));
		}

		int heldTiles() throws IOException, InterruptedException {
			return look().get("tiles").size();
		}

		double meter(String name) throws IOException, InterruptedException {
			return read(get("/api/meters")).get(name).asDouble();
		}

		boolean isTrusted() {
			try {
				return read(get("/api/meters")).get("trusted").asBoolean();
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		boolean reachesRedis() throws IOException, InterruptedException {
			return get("/actuator/health/redis").statusCode() == 200;
		}

		JsonNode health(String path) throws IOException, InterruptedException {
			return read(get("/actuator/health" + path));
		}

		HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
			return send("GET", path, "");
		}

		HttpResponse<byte[]> send(String method, String path, String body) throws IOException, InterruptedException {
			return this.http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
				.method(method, BodyPublishers.ofString(body))
				.header("Content-Type", "application/json")
				.build(), BodyHandlers.ofByteArray());
		}

		private JsonNode read(HttpResponse<byte[]> response) {
			assertThat(response.statusCode()).isEqualTo(200);
			return this.json.readTree(response.body());
		}

	}

}
