package io.weakref.autoconfigure;

import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a test slice, which includes only selected auto-configurations, can include
 * weak caches.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, properties = "weakref.caches.tiles.kind=values")
@OverrideAutoConfiguration(enabled = false)
@ImportAutoConfiguration(WeakrefAutoConfiguration.class)
class SliceTests {

	@Autowired
	private WeakCacheRegistry registry;

	@Autowired
	@WeakCache("tiles")
	private WeakValueDictionary<String, Object> tiles;

	private final WeakSet<Object> viewers;

	SliceTests(@Autowired @WeakCache("viewers") WeakSet<Object> viewers) {
		this.viewers = viewers;
	}

	@Test
	void declaredAndRequestedCachesAreInjectedIntoTheTest() {
		assertThat(this.registry.names()).containsExactly("tiles", "viewers");
		assertThat(this.tiles).isSameAs(this.registry.get("tiles"));
		assertThat(this.viewers).isSameAs(this.registry.get("viewers"));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
