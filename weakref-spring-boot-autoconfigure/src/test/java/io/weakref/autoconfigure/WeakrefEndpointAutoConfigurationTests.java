package io.weakref.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.weakref.actuate.WeakrefEndpoint;
import io.weakref.actuate.WeakrefEndpointWebExtension;
import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Tag;
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
 * Tests for {@link WeakrefEndpointAutoConfiguration}.
 */
@Tag("slow")
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
				"weakref.caches.tiles.kind=values", "weakref.caches.data.kind=keys", "weakref.caches.viewers.kind=set",
				"weakref.caches.accounts.kind=locks");

	@Test
	void endpointDoesNotExistUnlessExposed() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(WeakrefEndpoint.class));
	}

	@Test
	void endpointExistsIfExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=weakrefs")
			.run((context) -> assertThat(context).hasSingleBean(WeakrefEndpoint.class)
				.hasSingleBean(WeakrefEndpointWebExtension.class));
	}

	@Test
	void webExtensionDoesNotExistIfOnlyJmxIsExposed() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.exclude=weakrefs",
					"management.endpoints.jmx.exposure.include=weakrefs", "spring.jmx.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(WeakrefEndpoint.class)
				.doesNotHaveBean(WeakrefEndpointWebExtension.class));
	}

	@Test
	void endpointDoesNotExistWithoutAccess() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=weakrefs",
					"management.endpoint.weakrefs.access=none")
			.run((context) -> assertThat(context).doesNotHaveBean(WeakrefEndpoint.class));
	}

	@Test
	void endpointDoesNotExistIfWeakrefIsDisabled() {
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
							"accounts": {"kind": "locks", "size": 0, "live": 0, "hits": 0, "misses": 0, "puts": 0,
								"loads": 0, "loadFailures": 0, "purged": 0},
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
	void waitingCallbacksAreShownAsPending() {
		this.webRunner.withBean("weakCleaner", WeakCleaner.class,
				() -> WeakCleaner.builder().threadName("mine").callbackExecutor((callback) -> {
				}).build())
			.run((context) -> {
				CleanerInternals.dispatch(context.getBean(WeakCleaner.class), this, () -> {
				});
				assertThat(json(send(context, "GET", ""))).isLenientlyEqualTo("""
						{"cleaners": {"mine": {"pendingCallbacks": 1, "callbacks": 0}}}""");
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

}
