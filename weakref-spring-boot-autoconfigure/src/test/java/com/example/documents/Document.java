package com.example.documents;

/**
 * What the application keeps one instance of for each id, while anybody reads it.
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
