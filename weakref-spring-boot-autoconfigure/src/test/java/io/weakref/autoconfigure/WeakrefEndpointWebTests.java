package io.weakref.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

import io.weakref.GarbageCollection;
import io.weakref.actuate.WeakrefEndpoint;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the {@link WeakrefEndpoint} over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "management.endpoints.web.exposure.include=weakrefs")
@Tag("slow")
class WeakrefEndpointWebTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@Autowired
	private WeakCacheRegistry registry;

	@Value("${local.server.port}")
	private int port;

	@AfterEach
	void removeCaches() {
		this.registry.names().forEach(this.registry::remove);
	}

	@Test
	void oneCacheIsShownWithItsNineFigures() throws Exception {
		WeakValueDictionary<Object, Object> tiles = this.registry.values("tiles");
		Object tile = new Object();
		tiles.put("a", tile);
		tiles.get("a");
		tiles.get("b");
		tiles.get("c");
		HttpResponse<String> response = send("GET", "/tiles");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response)).isStrictlyEqualTo("""
				{"kind": "values", "size": 1, "live": 1, "hits": 1, "misses": 2, "puts": 1, "loads": 0,
					"loadFailures": 0, "purged": 0}""");
		assertThat(tiles).containsValue(tile);
	}

	@Test
	void loadsAreShown() throws Exception {
		WeakValueDictionary<Object, Object> tiles = this.registry.values("tiles");
		Object tile = tiles.computeIfAbsent("a", (key) -> new Object());
		try {
			tiles.computeIfAbsent("b", (key) -> {
				throw new IllegalArgumentException();
			});
		}
		catch (IllegalArgumentException ex) {
			// Counted as a failure
		}
		assertThat(json(send("GET", "/tiles"))).isLenientlyEqualTo("""
				{"loads": 2, "loadFailures": 1, "misses": 2}""");
		assertThat(tiles).containsValue(tile);
	}

	@Test
	void heldValuesAndLostHitsAreShownIfThereAreAny() throws Exception {
		WeakValueDictionary<Object, Object> tiles = WeakValueDictionary.builder().recordStats(true).holdMax(1).build();
		this.registry.register("tiles", tiles);
		tiles.put("a", new Object());
		assertThat(json(send("GET", "/tiles"))).isLenientlyEqualTo("""
				{"size": 1, "held": 1}""");
		assertThat(send("GET", "").body()).contains("\"held\":1").doesNotContain("lostHits");
		tiles.releaseHeld();
		GarbageCollection.until(() -> tiles.liveCount() == 0);
		assertThat(tiles.get("a")).isNull();
		assertThat(json(send("GET", "/tiles"))).isLenientlyEqualTo("""
				{"size": 0, "held": 0, "lostHits": 1}""");
	}

	@Test
	void agesAreShownIfASingleCacheIsShown() throws Exception {
		WeakSet<Object> viewers = this.registry.set("viewers");
		Object held = new Object();
		viewers.add(held);
		GarbageCollection.until(() -> viewers.ages().outlived1() == 1);
		JsonContent json = json(send("GET", "/viewers"));
		assertThat(json).isLenientlyEqualTo("""
				{"kind": "set", "size": 1, "live": 1,
					"ages": {"sampled": 1, "outlived1": 1, "outlived20": 0, "neverShrinks": false}}""");
		assertThat(json).hasPathSatisfying("$.ages", (ages) -> assertThat(ages).asMap()
			.containsOnlyKeys("sampled", "outlived1", "outlived5", "outlived20", "neverShrinks"));
		assertThat(send("GET", "").body()).contains("viewers").doesNotContain("ages");
		assertThat(viewers).contains(held);
	}

	@Test
	void keysAndValuesAreNeverShown() throws Exception {
		Secret secret = new Secret("s3cr3t");
		this.registry.values("tiles").put(secret, secret);
		this.registry.keys("data").put(secret, secret);
		this.registry.set("viewers").add(secret);
		for (String path : new String[] { "", "/tiles", "/data", "/viewers" }) {
			HttpResponse<String> response = send("GET", path);
			assertThat(response.body()).contains("\"live\":1").doesNotContain("s3cr3t", "Secret");
		}
	}

	@Test
	void postPurgesOneCacheAndNoOther() throws Exception {
		List<String> purged = new ArrayList<>();
		for (String name : List.of("first", "second")) {
			this.registry.register(name, new WeakSet<>() {

				@Override
				public void purge() {
					purged.add(name);
				}

			});
		}
		HttpResponse<String> response = send("POST", "/second");
		assertThat(response.statusCode()).isEqualTo(204);
		assertThat(response.body()).isEmpty();
		assertThat(purged).containsExactly("second");
	}

	@Test
	void deadEntryIsShownAsPurged() throws Exception {
		WeakSet<Object> viewers = this.registry.set("viewers");
		Object held = new Object();
		viewers.add(held);
		viewers.add(new Object());
		GarbageCollection.until(() -> viewers.liveCount() == 1);
		send("POST", "/viewers");
		GarbageCollection.await(() -> viewers.stats().purged() == 1);
		assertThat(json(send("GET", "/viewers"))).isLenientlyEqualTo("""
				{"kind": "set", "size": 1, "live": 1, "purged": 1}""");
		assertThat(viewers).contains(held);
	}

	@Test
	void deleteClearsOneCacheAndNoOther() throws Exception {
		Object held = new Object();
		this.registry.values("tiles").put("a", held);
		this.registry.set("viewers").add(held);
		HttpResponse<String> response = send("DELETE", "/tiles");
		assertThat(response.statusCode()).isEqualTo(204);
		assertThat(response.body()).isEmpty();
		assertThat(this.registry.values("tiles")).isEmpty();
		assertThat(this.registry.set("viewers")).contains(held);
	}

	@Test
	void unknownNameIsNotFound() throws Exception {
		for (String method : new String[] { "GET", "POST", "DELETE" }) {
			assertThat(send(method, "/unknown").statusCode()).as(method).isEqualTo(404);
		}
		assertThat(this.registry.find("unknown")).isEmpty();
	}

	@Test
	void allCachesAtOnceAreNeitherPurgedNorCleared() throws Exception {
		assertThat(send("POST", "").statusCode()).isEqualTo(405);
		assertThat(send("DELETE", "").statusCode()).isEqualTo(405);
	}

	@Test
	void addedAndRemovedCachesAreReflected() throws Exception {
		this.registry.values("late");
		assertThat(send("GET", "/late").statusCode()).isEqualTo(200);
		this.registry.remove("late");
		assertThat(send("GET", "/late").statusCode()).isEqualTo(404);
	}

	private HttpResponse<String> send(String method, String path) throws Exception {
		return this.client
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/actuator/weakrefs" + path))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
	}

	private static JsonContent json(HttpResponse<String> response) {
		return new JsonContent(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ApplicationConfiguration {

	}

	record Secret(String value) {
	}

}
