package com.example.documents;

import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a controller in a slice that includes weak caches.
 */
@WebMvcTest(DocumentController.class)
@Import(DocumentService.class)
@ImportAutoConfiguration(WeakrefAutoConfiguration.class)
@TestPropertySource(properties = { "weakref.caches.openDocuments.key-type=java.lang.String",
		"weakref.caches.open-documents.value-type=com.example.documents.Document" })
@Tag("slow")
class DocumentControllerTests {

	@Autowired
	private MockMvcTester mvc;

	@Test
	void documentIsShown() {
		assertThat(this.mvc.get().uri("/documents/{id}", "a")).hasStatusOk().bodyText().isEqualTo("document a");
	}

}
