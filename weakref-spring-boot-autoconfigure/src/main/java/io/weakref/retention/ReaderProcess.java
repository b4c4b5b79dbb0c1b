package io.weakref.retention;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts {@link ReaderMain} in a separate JVM and reads its answer. The class path of
 * that JVM contains only copies of the classes of this package, so it does not matter how
 * the application was packaged.
 */
final class ReaderProcess implements AutoCloseable {

	/** The classes of this package that the reading JVM needs. */
	static final List<Class<?>> CLASSES = List.of(HeapClass.class, HeapClass.Field.class, HeapClass.DeclaredField.class,
			HeapDump.class, HeapFile.class, HeapFormat.class, HeapRecords.class, HeapRecords.Segment.class,
			HeapRoot.class, HeapRoot.Kind.class, HeapThread.class, IntQueue.class, JavaNames.class, LongTable.class,
			ObjectNumbers.class, ObjectNumbers.Chunk.class, PathNote.class, PathSearch.class, PathSearch.Path.class,
			PathShape.class, Progress.class, ReaderMain.class, RetentionException.class, RetentionPath.class,
			RetentionReport.class, RetentionRoot.class, RetentionSearch.class, RootText.class, WeakEntries.class,
			WeakEntries.Entry.class, WeakTableNames.class);

	/**
	 * Removed, because they could apply agents and ports of the application to the JVM.
	 */
	private static final List<String> OPTION_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS",
			"_JAVA_OPTIONS");

	private final Process process;

	private volatile boolean overdue;

	private ReaderProcess(Process process) {
		this.process = process;
	}

	static ReaderProcess start(WorkDirectory directory) {
		Path java = java();
		try {
			copyClasses(directory.classes());
			List<String> command = new ArrayList<>();
			command.add(java.toString());
			command.add("-Xmx%dm".formatted(RetentionSearch.memoryFor(Files.size(directory.dump()))));
			// Most memory goes into a few large arrays, which belong in the old
			// generation.
			command.addAll(List.of("-XX:+UseSerialGC", "-Xmn8m", "-XX:-UsePerfData", "-cp",
					directory.classes().toString(), ReaderMain.class.getName(), directory.dump().toString()));
			ProcessBuilder builder = new ProcessBuilder(command).directory(directory.path().toFile())
				.redirectError(Redirect.DISCARD);
			builder.environment().keySet().removeAll(OPTION_VARIABLES);
			return new ReaderProcess(builder.start());
		}
		catch (IOException ex) {
			throw new RetentionException("The JVM that reads the heap dump could not be started.", ex);
		}
	}

	private static Path java() {
		String home = System.getProperty("java.home");
		for (String name : List.of("java", "java.exe")) {
			Path java = (home != null) ? Path.of(home, "bin", name) : null;
			if (java != null && Files.isExecutable(java)) {
				return java;
			}
		}
		throw new RetentionException("There is no command 'java' in %s that could read the heap dump.".formatted(home));
	}

	private static void copyClasses(Path target) throws IOException {
		for (Class<?> type : CLASSES) {
			String name = type.getName().substring(type.getPackageName().length() + 1) + ".class";
			Path file = target.resolve(type.getPackageName().replace('.', '/')).resolve(name);
			Files.createDirectories(file.getParent());
			try (InputStream bytes = ReaderProcess.class.getResourceAsStream(name)) {
				if (bytes == null) {
					throw new RetentionException(
							"The application does not contain the class files that are needed to read the heap dump.");
				}
				Files.copy(bytes, file);
			}
		}
	}

	/**
	 * Wait for the answer. The heap dump is deleted as soon as the JVM has opened it.
	 * @param collection the name of the collection
	 * @param dump the heap dump
	 * @param limit how long to wait before the JVM is killed
	 * @return the report
	 */
	RetentionReport read(String collection, Path dump, Duration limit) {
		CompletableFuture<Void> watch = endAfter(limit);
		try {
			return read(collection, dump);
		}
		catch (IOException ex) {
			throw this.overdue ? new RetentionException(
					"The JVM that read the heap dump was killed because it gave no report within %d seconds."
						.formatted(limit.toSeconds()),
					ex) : died(ex);
		}
		finally {
			watch.cancel(false);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the action throws nothing
	private CompletableFuture<Void> endAfter(Duration limit) {
		CompletableFuture<Void> watch = new CompletableFuture<Void>().orTimeout(limit.toMillis(),
				TimeUnit.MILLISECONDS);
		watch.whenComplete((nothing, failure) -> {
			if (failure instanceof TimeoutException) {
				this.overdue = true;
				this.process.destroyForcibly();
			}
		});
		return watch;
	}

	private RetentionReport read(String collection, Path dump) throws IOException {
		try (DataOutputStream input = new DataOutputStream(this.process.getOutputStream());
				DataInputStream output = new DataInputStream(new BufferedInputStream(this.process.getInputStream()))) {
			input.writeUTF(collection);
			input.flush();
			int answer = output.readByte();
			if (answer == ReaderMain.OPEN) {
				deleteEarly(dump);
				answer = output.readByte();
			}
			if (answer == ReaderMain.ERROR) {
				throw new RetentionException(output.readUTF());
			}
			return RetentionReport.readFrom(output);
		}
	}

	private static void deleteEarly(Path dump) {
		try {
			Files.delete(dump);
		}
		catch (IOException ex) {
			// An open file may not be deletable; then it is deleted at the end.
		}
	}

	private RetentionException died(IOException cause) {
		try {
			if (this.process.waitFor(10, TimeUnit.SECONDS)) {
				return new RetentionException(
						"The JVM that read the heap dump ended without a report, with exit value %d."
							.formatted(this.process.exitValue()),
						cause);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return new RetentionException("The JVM that read the heap dump gave no report.", cause);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
