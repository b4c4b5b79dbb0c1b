package io.weakref.reference;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.weakref.cleaner.WeakCleaner;

/**
 * A cleaner that records what was reported to its error handler.
 */
final class TestCleaner implements AutoCloseable {

	final List<Object> sources = new CopyOnWriteArrayList<>();

	final List<Throwable> errors = new CopyOnWriteArrayList<>();

	final WeakCleaner cleaner;

	TestCleaner() {
		this(WeakCleaner.builder());
	}

	TestCleaner(WeakCleaner.Builder builder) {
		this.cleaner = builder.threadName("reference-test").errorHandler((source, error) -> {
			this.sources.add(source);
			this.errors.add(error);
		}).build();
	}

	@Override
	public void close() {
		this.cleaner.close();
	}

}
