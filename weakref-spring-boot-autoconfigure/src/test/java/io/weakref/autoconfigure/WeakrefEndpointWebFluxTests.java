package io.weakref.autoconfigure;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link WeakrefEndpointWebTests}, in an application with WebFlux.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		classes = WeakrefEndpointWebTests.ApplicationConfiguration.class,
		properties = { "management.endpoints.web.exposure.include=weakrefs",
				"spring.main.web-application-type=reactive" })
@Tag("slow")
class WeakrefEndpointWebFluxTests extends WeakrefEndpointWebTests {

	@Test
	void applicationIsReactive(@Autowired ApplicationContext context) {
		assertThat(context).isInstanceOf(ReactiveWebServerApplicationContext.class);
	}

}
