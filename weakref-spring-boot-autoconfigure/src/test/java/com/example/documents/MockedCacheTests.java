package com.example.documents;

import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mockingDetails;

/**
 * Tests with mocks in place of a declared cache and of one that is created on demand.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = "spring.config.location=classpath:/com/example/documents/")
@Tag("slow")
class MockedCacheTests {

	@MockitoBean
	private WeakValueDictionary<String, Document> openDocuments;

	@MockitoBean
	@WeakCache("printed")
	private WeakSet<Document> printed;

	@Autowired
	@WeakCache("another")
	private WeakSet<Document> another;

	@Autowired
	private DocumentService documents;

	@Autowired
	private WeakCacheRegistry registry;

	@Test
	void mockIsUsedOnlyWhereItsCacheIsRequested() {
		Document document = new Document("mocked");
		given(this.openDocuments.computeIfAbsent(eq("a"), any())).willReturn(document);
		assertThat(this.documents.open("a")).isSameAs(document);
		this.documents.print(document);
		then(this.printed).should().add(document);
		assertThat(mockingDetails(this.another).isMock()).isFalse();
		assertThat(this.registry.get("another")).isSameAs(this.another);
		assertThat(mockingDetails(this.registry.get("openDocuments")).isMock()).isFalse();
		assertThat(this.registry.get("recent").size()).isEqualTo(1);
	}

}
