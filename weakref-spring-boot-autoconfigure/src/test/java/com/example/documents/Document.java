package com.example.documents;

/**
 * A document. The application has one instance for each id while it is being read.
 */
final class Document {

	private final String id;

	Document(String id) {
		this.id = id;
	}

	String id() {
		return this.id;
	}

}
