package com.example.documents;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakSet;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * The application.
 */
@SpringBootApplication
class DocumentsApplication {

	@Bean
	WeakSet<Document> recent(WeakCleaner cleaner) {
		return WeakSet.<Document>builder().cleaner(cleaner).recordStats(true).build();
	}

}
