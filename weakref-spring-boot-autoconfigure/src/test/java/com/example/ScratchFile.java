package com.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.Finalizer;

/**
 * Recipe: cleaning up after an object.
 */
final class ScratchFile implements AutoCloseable {

	private final Path path;

	private final Finalizer<?> deletion;

	ScratchFile(WeakCleaner cleaner) throws IOException {
		Path path = Files.createTempFile("scratch", null);
		this.path = path;
		this.deletion = Finalizer.register(this, () -> path.toFile().delete(), cleaner);
	}

	Path path() {
		return this.path;
	}

	@Override
	public void close() {
		this.deletion.call();
	}

}
