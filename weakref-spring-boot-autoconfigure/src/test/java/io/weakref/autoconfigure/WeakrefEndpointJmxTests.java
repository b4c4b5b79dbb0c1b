package io.weakref.autoconfigure;

import java.util.Map;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the endpoint over JMX.
 */
class WeakrefEndpointJmxTests {

	private static final String[] ONE_STRING = { String.class.getName() };

	@Test
	void endpointShowsPurgesAndClears() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(JmxAutoConfiguration.class, EndpointAutoConfiguration.class,
					JmxEndpointAutoConfiguration.class, WeakrefAutoConfiguration.class,
					WeakrefEndpointAutoConfiguration.class))
			.withPropertyValues("spring.jmx.enabled=true", "spring.jmx.default-domain=weakref.tests",
					"management.endpoints.jmx.domain=weakref.tests",
					"management.endpoints.jmx.exposure.include=weakrefs")
			.run((context) -> {
				MBeanServer server = context.getBean(MBeanServer.class);
				ObjectName name = new ObjectName("weakref.tests:type=Endpoint,name=Weakrefs");
				WeakValueDictionary<Object, Object> tiles = context.getBean(WeakCacheRegistry.class).values("tiles");
				Object tile = new Object();
				tiles.put("a", tile);
				assertThat(server.invoke(name, "weakrefs", new Object[0], new String[0]))
					.asInstanceOf(InstanceOfAssertFactories.MAP)
					.containsKeys("caches", "cleaners");
				assertThat((Map<?, ?>) server.invoke(name, "cache", new Object[] { "tiles" }, ONE_STRING))
					.satisfies((cache) -> assertThat(cache.get("live")).hasToString("1"));
				assertThat((Map<?, ?>) server.invoke(name, "purge", new Object[] { "tiles" }, ONE_STRING))
					.satisfies((cache) -> assertThat(cache.get("live")).hasToString("1"));
				assertThat(tiles).containsValue(tile);
				server.invoke(name, "clear", new Object[] { "tiles" }, ONE_STRING);
				assertThat(tiles).isEmpty();
				assertThat(server.invoke(name, "clear", new Object[] { "unknown" }, ONE_STRING)).isNull();
			});
	}

}
