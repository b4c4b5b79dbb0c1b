package io.weakref.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.context.ServerPortInfoApplicationContextInitializer;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the endpoint over HTTP in an application with Jersey and without Spring MVC.
 */
@Tag("slow")
class WeakrefEndpointJerseyTests {

	@Test
	void cacheIsShownPurgedAndCleared() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
			.withInitializer(new ServerPortInfoApplicationContextInitializer())
			.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.withUserConfiguration(ApplicationConfiguration.class)
			.withPropertyValues("server.port=0", "management.endpoints.web.exposure.include=weakrefs")
			.run((context) -> {
				WeakValueDictionary<Object, Object> tiles = context.getBean(WeakCacheRegistry.class).values("tiles");
				Object tile = new Object();
				tiles.put("a", tile);
				URI caches = URI.create("http://localhost:%s/actuator/weakrefs/"
					.formatted(context.getEnvironment().getProperty("local.server.port")));
				HttpResponse<String> response = send("GET", caches.resolve("tiles"));
				assertThat(response.statusCode()).isEqualTo(200);
				assertThat(new JsonContent(response.body())).isLenientlyEqualTo("""
						{"kind": "values", "live": 1, "puts": 1}""");
				assertThat(send("POST", caches.resolve("tiles")).statusCode()).isEqualTo(204);
				assertThat(tiles).containsValue(tile);
				assertThat(send("DELETE", caches.resolve("tiles")).statusCode()).isEqualTo(204);
				assertThat(tiles).isEmpty();
				assertThat(send("GET", caches.resolve("unknown")).statusCode()).isEqualTo(404);
			});
	}

	private static HttpResponse<String> send(String method, URI uri) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ApplicationConfiguration {

		@Bean
		ResourceConfig resourceConfig() {
			return new ResourceConfig();
		}

	}

}
