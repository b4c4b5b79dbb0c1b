package com.example.documents;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.verifyNoMoreInteractions;

/**
 * Tests with spies in place of a declared cache and of one that the application builds.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = "spring.config.location=classpath:/com/example/documents/")
@Tag("slow")
class SpiedCacheTests {

	@MockitoSpyBean
	private WeakValueDictionary<String, Document> openDocuments;

	@MockitoSpyBean
	private WeakSet<Document> recent;

	@Autowired
	private DocumentService documents;

	@Autowired
	private WeakCacheRegistry registry;

	@Autowired
	private MeterRegistry meters;

	@Test
	void spyIsUsedAndRegistryAndMetersHaveTheCacheItself() {
		Document document = this.documents.open("a");
		then(this.openDocuments).should().computeIfAbsent(eq("a"), any());
		then(this.recent).should().add(document);
		assertThat(this.registry.names()).contains("openDocuments", "recent");
		for (String name : new String[] { "openDocuments", "recent" }) {
			WeakCollection cache = this.registry.get(name);
			assertThat(mockingDetails(cache).isMock()).isFalse();
			assertThat(cache.size()).isEqualTo(1);
			assertThat(this.meters.get("weakref.live").tag("cache", name).gauge().value()).isEqualTo(1);
			assertThat(this.meters.get("weakref.puts").tag("cache", name).functionCounter().count()).isEqualTo(1);
		}
		verifyNoMoreInteractions(this.openDocuments, this.recent);
	}

}
