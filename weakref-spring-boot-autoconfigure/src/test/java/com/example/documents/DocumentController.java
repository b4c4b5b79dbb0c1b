package com.example.documents;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows documents.
 */
@RestController
class DocumentController {

	private final DocumentService documents;

	DocumentController(DocumentService documents) {
		this.documents = documents;
	}

	@GetMapping("/documents/{id}")
	String show(@PathVariable String id) {
		return "document " + this.documents.open(id).id();
	}

}
