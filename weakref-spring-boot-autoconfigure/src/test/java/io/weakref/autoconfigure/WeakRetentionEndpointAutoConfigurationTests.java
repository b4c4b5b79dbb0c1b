package io.weakref.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.weakref.GarbageCollection;
import io.weakref.actuate.WeakRetentionEndpoint;
import io.weakref.actuate.WeakRetentionEndpointWebExtension;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.retention.RetentionAnalysis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
 * Tests for {@link WeakRetentionEndpointAutoConfiguration}, over HTTP and with real heap
 * dumps.
 */
@Tag("slow")
class WeakRetentionEndpointAutoConfigurationTests {

	private static final Map<String, Session> SESSIONS = new HashMap<>();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer(WeakRetentionEndpointAutoConfigurationTests::convertAsAnApplicationDoes)
		.withConfiguration(
				AutoConfigurations.of(WeakrefAutoConfiguration.class, WeakRetentionEndpointAutoConfiguration.class));

	private final WebApplicationContextRunner webRunner = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withInitializer(new ServerPortInfoApplicationContextInitializer())
		.withInitializer(WeakRetentionEndpointAutoConfigurationTests::convertAsAnApplicationDoes)
		.withUserConfiguration(ApplicationConfiguration.class)
		.withPropertyValues("server.port=0", "management.endpoints.web.exposure.include=weakretention",
				"management.endpoint.weakretention.access=unrestricted");

	@TempDir
	private Path directory;

	@Test
	void endpointDoesNotExistIfItIsOnlyExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).doesNotHaveBean(WeakRetentionEndpoint.class)
				.doesNotHaveBean(WeakRetentionEndpointWebExtension.class)
				.doesNotHaveBean(RetentionAnalysis.class));
	}

	@Test
	void endpointExistsWithAccess() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=weakretention",
					"management.endpoint.weakretention.access=unrestricted")
			.run((context) -> assertThat(context).hasSingleBean(WeakRetentionEndpoint.class)
				.hasSingleBean(WeakRetentionEndpointWebExtension.class)
				.hasSingleBean(RetentionAnalysis.class));
	}

	@Test
	void endpointDoesNotExistIfWeakrefIsDisabled() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=weakretention",
					"management.endpoint.weakretention.access=unrestricted", "weakref.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WeakRetentionEndpoint.class));
	}

	@Test
	void holderIsShown() {
		this.webRunner.run((context) -> {
			assertThat(send(context, "GET", "").body()).isEqualTo("{\"state\":\"idle\"}");
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			// Registered under a name other than its own.
			WeakValueDictionary<String, Object> tiles = WeakValueDictionary.<String, Object>builder()
				.name("tiles of the retention test")
				.build();
			registry.register("tiles", tiles);
			SESSIONS.put("s3cr3t", new Session("s3cr3t", new Object()));
			SESSIONS.values().forEach((session) -> tiles.put("s3cr3t", session.tile()));
			HttpResponse<String> started = send(context, "POST", "/tiles");
			assertThat(started.statusCode()).isEqualTo(202);
			assertThat(started.body()).isEmpty();
			GarbageCollection.await(() -> !send(context, "GET", "").body().contains("running"));
			HttpResponse<String> response = send(context, "GET", "");
			assertThat(response.statusCode()).isEqualTo(200);
			String type = getClass().getName();
			assertThat(new JsonContent(response.body().replaceAll("\"dumpBytes\":\\d{7,},", ""))).isStrictlyEqualTo("""
					{
						"state": "done",
						"cache": "tiles",
						"live": 1,
						"examined": 1,
						"paths": [{
							"entries": 1,
							"root": {"kind": "static", "description": "static field %s.SESSIONS"},
							"steps": ["%s.SESSIONS", "java.util.HashMap.table", "java.util.HashMap$Node.value",
								"%s$Session.tile"]
						}]
					}""".formatted(type, type, type));
			assertThat(response.body()).doesNotContain("s3cr3t");
		});
	}

	@Test
	void failureIsReportedInOneSentence() {
		Path missing = this.directory.resolve("missing");
		this.webRunner.withBean(RetentionAnalysis.class, () -> new RetentionAnalysis(missing)).run((context) -> {
			context.getBean(WeakCacheRegistry.class).set("viewers");
			assertThat(send(context, "POST", "/viewers").statusCode()).isEqualTo(202);
			GarbageCollection.await(() -> !send(context, "GET", "").body().contains("running"));
			assertThat(new JsonContent(send(context, "GET", "").body())).isStrictlyEqualTo("""
					{
						"state": "failed",
						"cache": "viewers",
						"error": "The directory %s for heap dumps is not writable."
					}""".formatted(missing));
		});
	}

	@Test
	void unknownNameIsNotFound() {
		this.webRunner.run((context) -> {
			assertThat(send(context, "POST", "/unknown").statusCode()).isEqualTo(404);
			assertThat(send(context, "GET", "").body()).isEqualTo("{\"state\":\"idle\"}");
		});
	}

	@Test
	void onlyOneCacheIsExaminedAtATime() {
		this.webRunner.run((context) -> {
			context.getBean(WeakCacheRegistry.class).set("viewers");
			context.getBean(WeakCacheRegistry.class).set("others");
			// Meanwhile the first analysis writes a heap dump.
			assertThat(send(context, "POST", "/viewers").statusCode()).isEqualTo(202);
			assertThat(send(context, "POST", "/others").statusCode()).isEqualTo(409);
			assertThat(send(context, "GET", "").body()).contains("\"cache\":\"viewers\"");
		});
	}

	@Test
	void readOnlyAccessExaminesNothing() {
		this.webRunner.withPropertyValues("management.endpoint.weakretention.access=read-only").run((context) -> {
			context.getBean(WeakCacheRegistry.class).set("viewers");
			assertThat(send(context, "GET", "").statusCode()).isEqualTo(200);
			assertThat(send(context, "POST", "/viewers").statusCode()).isIn(404, 405);
			assertThat(send(context, "GET", "").body()).isEqualTo("{\"state\":\"idle\"}");
		});
	}

	private HttpResponse<String> send(ApplicationContext context, String method, String path) {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		try {
			return this.client
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/weakretention" + path))
					.method(method, BodyPublishers.noBody())
					.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static void convertAsAnApplicationDoes(ConfigurableApplicationContext context) {
		context.getEnvironment().setConversionService(new ApplicationConversionService());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ApplicationConfiguration {

	}

	record Session(String id, Object tile) {
	}

}
