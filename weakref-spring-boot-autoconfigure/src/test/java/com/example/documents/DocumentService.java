package com.example.documents;

import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;

import org.springframework.stereotype.Service;

/**
 * Opens documents. One cache is declared, one is created on demand, one is a bean.
 */
@Service
class DocumentService {

	private final WeakValueDictionary<String, Document> openDocuments;

	private final WeakSet<Document> printed;

	private final WeakSet<Document> recent;

	DocumentService(WeakValueDictionary<String, Document> openDocuments,
			@WeakCache("printed") WeakSet<Document> printed, @WeakCache("recent") WeakSet<Document> recent) {
		this.openDocuments = openDocuments;
		this.printed = printed;
		this.recent = recent;
	}

	Document open(String id) {
		Document document = this.openDocuments.computeIfAbsent(id, Document::new);
		this.recent.add(document);
		return document;
	}

	void print(Document document) {
		this.printed.add(document);
	}

}
