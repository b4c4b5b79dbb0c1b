package io.weakref.retention;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for one heap dump that other users may not read. The JVM that uses it holds
 * a lock on a file in it. A directory whose file is not locked was left by a JVM that was
 * killed, and is deleted when the next directory is created.
 */
final class WorkDirectory implements AutoCloseable {

	private static final String PREFIX = "weakref-retention-";

	private static final String LOCK = "lock";

	private final Path path;

	private final FileChannel lock;

	private WorkDirectory(Path path, FileChannel lock) {
		this.path = path;
		this.lock = lock;
	}

	@SuppressWarnings("MustBeClosedChecker")
	static WorkDirectory create(Path parent) {
		try {
			deleteLeftovers(parent);
			Path path = Files.createTempDirectory(parent, PREFIX);
			FileChannel lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW,
					StandardOpenOption.WRITE);
			lock.lock();
			return new WorkDirectory(path, lock);
		}
		catch (IOException ex) {
			throw new RetentionException("The directory %s for heap dumps is not writable.".formatted(parent), ex);
		}
	}

	private static void deleteLeftovers(Path parent) throws IOException {
		try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path directory : directories) {
				if (isLeftover(directory)) {
					delete(directory);
				}
			}
		}
	}

	private static boolean isLeftover(Path directory) {
		try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
				FileLock lock = channel.tryLock()) {
			return lock != null;
		}
		catch (OverlappingFileLockException | IOException ex) {
			// In use by this JVM, not locked yet, or owned by another user.
			return false;
		}
	}

	Path dump() {
		return this.path.resolve("heap.hprof");
	}

	/** Return the directory of the classes that read the heap dump. */
	Path classes() {
		return this.path.resolve("classes");
	}

	Path path() {
		return this.path;
	}

	@Override
	public void close() {
		try {
			this.lock.close();
		}
		catch (IOException ex) {
			// Deleted below.
		}
		delete(this.path);
	}

	/** Delete as much of a directory as possible. */
	static void delete(Path directory) {
		List<Path> paths;
		try (Stream<Path> tree = Files.walk(directory)) {
			paths = tree.sorted(Comparator.reverseOrder()).toList();
		}
		catch (IOException ex) {
			return;
		}
		for (Path path : paths) {
			try {
				Files.deleteIfExists(path);
			}
			catch (IOException ex) {
				path.toFile().deleteOnExit();
			}
		}
	}

}
