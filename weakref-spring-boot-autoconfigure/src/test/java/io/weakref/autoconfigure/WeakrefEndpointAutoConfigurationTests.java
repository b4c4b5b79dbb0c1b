package io.weakref.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.weakref.GarbageCollection;
import io.weakref.actuate.WeakrefEndpoint;
import io.weakref.actuate.WeakrefEndpointWebExtension;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.context.ServerPortInfoApplicationContextInitializer;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakrefEndpointAutoConfiguration}, the endpoint over real HTTP.
 */
class WeakrefEndpointAutoConfigurationTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer(WeakrefEndpointAutoConfigurationTests::convertAsAnApplicationDoes)
		.withConfiguration(
				AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakrefEndpointAutoConfiguration.class));

	private final WebApplicationContextRunner webRunner = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withInitializer(new ServerPortInfoApplicationContextInitializer())
		.withInitializer(WeakrefEndpointAutoConfigurationTests::convertAsAnApplicationDoes)
		.withUserConfiguration(ApplicationConfiguration.class)
		.withPropertyValues("server.port=0", "management.endpoints.web.exposure.include=weakrefs",
				"weakref.caches.tiles.kind=values", "weakref.caches.data.kind=keys", "weakref.caches.viewers.kind=set");

	@Test
	void endpointIsNotThereUnlessExposed() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(WeakrefEndpoint.class));
	}

	@Test
	void endpointIsThereWhenExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=weakrefs")
			.run((context) -> assertThat(context).hasSingleBean(WeakrefEndpoint.class)
				.hasSingleBean(WeakrefEndpointWebExtension.class));
	}

	@Test
	void extensionIsNotThereWhereOnlyJmxIsExposed() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.exclude=weakrefs",
					"management.endpoints.jmx.exposure.include=weakrefs", "spring.jmx.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(WeakrefEndpoint.class)
				.doesNotHaveBean(WeakrefEndpointWebExtension.class));
	}

	@Test
	void endpointIsNotThereWithoutAccess() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=weakrefs",
					"management.endpoint.weakrefs.access=none")
			.run((context) -> assertThat(context).doesNotHaveBean(WeakrefEndpoint.class));
	}

	@Test
	void endpointIsNotThereWhereWeakrefIsDisabled() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=weakrefs", "weakref.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WeakrefEndpoint.class));
	}

	@Test
	void allCachesAndCleanersAreShown() {
		this.webRunner.run((context) -> {
			HttpResponse<String> response = send(context, "GET", "");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(json(response)).isStrictlyEqualTo("""
					{
						"caches": {
							"data": {"kind": "keys", "size": 0, "live": 0, "hits": 0, "misses": 0, "puts": 0,
								"loads": 0, "loadFailures": 0, "purged": 0},
							"tiles": {"kind": "values", "size": 0, "live": 0, "hits": 0, "misses": 0, "puts": 0,
								"loads": 0, "loadFailures": 0, "purged": 0},
							"viewers": {"kind": "set", "size": 0, "live": 0, "hits": 0, "misses": 0, "puts": 0,
								"loads": 0, "loadFailures": 0, "purged": 0}
						},
						"cleaners": {
							"weakref-cleaner": {"callbacks": 0, "callbackErrors": 0, "pendingCallbacks": 0,
								"purged": 0}
						}
					}""");
		});
	}

	@Test
	void oneCacheIsShownWithItsNineFigures() {
		this.webRunner.run((context) -> {
			WeakValueDictionary<Object, Object> tiles = context.getBean(WeakCacheRegistry.class).values("tiles");
			Object tile = new Object();
			tiles.put("a", tile);
			tiles.get("a");
			tiles.get("b");
			tiles.get("c");
			HttpResponse<String> response = send(context, "GET", "/tiles");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(json(response)).isStrictlyEqualTo("""
					{"kind": "values", "size": 1, "live": 1, "hits": 1, "misses": 2, "puts": 1, "loads": 0,
						"loadFailures": 0, "purged": 0}""");
			assertThat(tiles).containsValue(tile);
		});
	}

	@Test
	void loadsAreShown() {
		this.webRunner.run((context) -> {
			WeakValueDictionary<Object, Object> tiles = context.getBean(WeakCacheRegistry.class).values("tiles");
			Object tile = tiles.computeIfAbsent("a", (key) -> new Object());
			try {
				tiles.computeIfAbsent("b", (key) -> {
					throw new IllegalArgumentException();
				});
			}
			catch (IllegalArgumentException ex) {
				// Counted as a failure
			}
			assertThat(json(send(context, "GET", "/tiles"))).isLenientlyEqualTo("""
					{"loads": 2, "loadFailures": 1, "misses": 2}""");
			assertThat(tiles).containsValue(tile);
		});
	}

	@Test
	void callbacksThatWaitAreShownAsPending() {
		this.webRunner.withBean("weakCleaner", WeakCleaner.class,
				() -> WeakCleaner.builder().threadName("mine").callbackExecutor((callback) -> {
				}).build())
			.run((context) -> {
				context.getBean(WeakCleaner.class).dispatch(this, () -> {
				});
				assertThat(json(send(context, "GET", ""))).isLenientlyEqualTo("""
						{"cleaners": {"mine": {"pendingCallbacks": 1, "callbacks": 0}}}""");
			});
	}

	@Test
	void keysAndValuesAreNeverShown() {
		this.webRunner.run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			Secret secret = new Secret("s3cr3t");
			registry.values("tiles").put(secret, secret);
			registry.keys("data").put(secret, secret);
			registry.set("viewers").add(secret);
			for (String path : new String[] { "", "/tiles", "/data", "/viewers" }) {
				HttpResponse<String> response = send(context, "GET", path);
				assertThat(response.body()).contains("\"live\":1").doesNotContain("s3cr3t", "Secret");
			}
		});
	}

	@Test
	void postPurgesOneCache() {
		this.webRunner.run((context) -> {
			WeakSet<Object> viewers = context.getBean(WeakCacheRegistry.class).set("viewers");
			viewers.add(new Object());
			Object held = new Object();
			viewers.add(held);
			GarbageCollection.until(() -> viewers.liveCount() == 1);
			HttpResponse<String> response = send(context, "POST", "/viewers");
			assertThat(response.statusCode()).isEqualTo(204);
			assertThat(response.body()).isEmpty();
			assertThat(json(send(context, "GET", "/viewers"))).isLenientlyEqualTo("""
					{"size": 1, "live": 1, "purged": 1}""");
			assertThat(viewers).contains(held);
		});
	}

	@Test
	void deleteClearsOneCacheAndNoOther() {
		this.webRunner.run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			Object held = new Object();
			registry.values("tiles").put("a", held);
			registry.set("viewers").add(held);
			HttpResponse<String> response = send(context, "DELETE", "/tiles");
			assertThat(response.statusCode()).isEqualTo(204);
			assertThat(response.body()).isEmpty();
			assertThat(registry.values("tiles")).isEmpty();
			assertThat(registry.set("viewers")).contains(held);
		});
	}

	@Test
	void unknownNameIsNotFound() {
		this.webRunner.run((context) -> {
			for (String method : new String[] { "GET", "POST", "DELETE" }) {
				assertThat(send(context, method, "/unknown").statusCode()).as(method).isEqualTo(404);
			}
			assertThat(context.getBean(WeakCacheRegistry.class).find("unknown")).isEmpty();
		});
	}

	@Test
	void allCachesAtOnceAreNeitherPurgedNorCleared() {
		this.webRunner.run((context) -> {
			assertThat(send(context, "POST", "").statusCode()).isEqualTo(405);
			assertThat(send(context, "DELETE", "").statusCode()).isEqualTo(405);
		});
	}

	@Test
	void readOnlyAccessShowsAndChangesNothing() {
		this.webRunner.withPropertyValues("management.endpoint.weakrefs.access=read-only").run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			Object held = new Object();
			registry.values("tiles").put("a", held);
			assertThat(send(context, "GET", "/tiles").statusCode()).isEqualTo(200);
			assertThat(send(context, "POST", "/tiles").statusCode()).isEqualTo(405);
			assertThat(send(context, "DELETE", "/tiles").statusCode()).isEqualTo(405);
			assertThat(registry.values("tiles")).containsValue(held);
		});
	}

	@Test
	void cachesThatComeAndGoAreShownAsTheyAre() {
		this.webRunner.run((context) -> {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			registry.values("late");
			assertThat(send(context, "GET", "/late").statusCode()).isEqualTo(200);
			registry.remove("late");
			assertThat(send(context, "GET", "/late").statusCode()).isEqualTo(404);
		});
	}

	private HttpResponse<String> send(ApplicationContext context, String method, String path)
			throws IOException, InterruptedException {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		return this.client
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/weakrefs" + path))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
	}

	private static void convertAsAnApplicationDoes(ConfigurableApplicationContext context) {
		context.getEnvironment().setConversionService(new ApplicationConversionService());
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
