package io.weakref.retention;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.sun.management.HotSpotDiagnosticMXBean;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what holds the entries of a weak collection of the running application, one
 * collection at a time. It writes a heap dump, which pauses the application meanwhile,
 * starts a separate JVM that reads the dump with little memory, and deletes the dump in
 * any case.
 * <p>
 * Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class RetentionAnalysis implements AutoCloseable {

	private static final long CLOSE_MILLIS = 60_000;

	private static final int MEGABYTE = 1 << 20;

	/** Hundreds of times as long as a search usually takes. */
	private static final Duration READ_LIMIT = Duration.ofMinutes(10);

	/** Added to the limit for each gigabyte of a heap dump, for slow disks. */
	private static final Duration READ_LIMIT_PER_GIGABYTE = Duration.ofMinutes(2);

	private final Path directory;

	private final DumpWriter writer;

	private final DiskSpace space;

	private final Duration readLimit;

	/** Guards the fields below. */
	private final Object lock = new Object();

	private volatile RetentionStatus status = RetentionStatus.IDLE;

	private @Nullable ReaderProcess reader;

	private @Nullable Thread thread;

	private volatile boolean closed;

	/**
	 * Create an analysis that writes heap dumps to the directory for temporary files.
	 */
	public RetentionAnalysis() {
		this(Path.of(System.getProperty("java.io.tmpdir")));
	}

	/**
	 * Create an analysis.
	 * @param directory the directory to which heap dumps are written
	 */
	public RetentionAnalysis(Path directory) {
		this(directory, RetentionAnalysis::dump, (path) -> Files.getFileStore(path).getUsableSpace(), READ_LIMIT);
	}

	RetentionAnalysis(Path directory, DumpWriter writer, DiskSpace space, Duration readLimit) {
		this.directory = directory;
		this.writer = writer;
		this.space = space;
		this.readLimit = readLimit;
	}

	/**
	 * Start to examine a collection, and return immediately.
	 * @param cache the name of the collection in the report
	 * @param collection the name that the collection itself has
	 * @return whether the analysis was started; {@code false} if another one is running
	 */
	public boolean start(String cache, String collection) {
		Thread thread = new Thread(() -> run(cache, collection), "weakref-retention");
		thread.setDaemon(true);
		synchronized (this.lock) {
			if (this.status.state() == RetentionStatus.State.RUNNING) {
				return false;
			}
			// Start it before publishing it: close() must not wait for a thread that
			// failed to start.
			thread.start();
			this.status = RetentionStatus.running(cache);
			this.thread = thread;
		}
		return true;
	}

	/**
	 * Return the state of the analysis.
	 * @return the status, with the last report if there is one
	 */
	public RetentionStatus status() {
		return this.status;
	}

	private void run(String cache, String collection) {
		RetentionStatus result;
		try {
			RetentionReport report = examine(collection);
			result = RetentionStatus.done(cache,
					new RetentionReport(cache, report.live(), report.examined(), report.dumpBytes(), report.paths()));
		}
		catch (RetentionException ex) {
			result = RetentionStatus.failed(cache, this.closed ? "The application was closed before there was a report."
					: String.valueOf(ex.getMessage()));
		}
		catch (Throwable ex) {
			result = RetentionStatus.failed(cache,
					"There is no report because of an unexpected %s.".formatted(ex.getClass().getName()));
		}
		synchronized (this.lock) {
			this.status = result;
			this.thread = null;
		}
	}

	private RetentionReport examine(String collection) {
		requireOpen();
		try (WorkDirectory work = WorkDirectory.create(this.directory)) {
			requireSpace();
			write(work.dump());
			try (ReaderProcess process = ReaderProcess.start(work)) {
				synchronized (this.lock) {
					requireOpen();
					this.reader = process;
				}
				return process.read(collection, work.dump(), readLimit(work.dump().toFile().length()));
			}
			finally {
				synchronized (this.lock) {
					this.reader = null;
				}
			}
		}
	}

	private Duration readLimit(long dumpBytes) {
		return this.readLimit.plus(READ_LIMIT_PER_GIGABYTE.multipliedBy(dumpBytes >> 30));
	}

	private void requireOpen() {
		if (this.closed) {
			throw new RetentionException("The application was closed.");
		}
	}

	/**
	 * Require free space: an object takes up to twice as many bytes in a dump as in the
	 * heap.
	 */
	private void requireSpace() {
		long needed = 2 * ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
		long free;
		try {
			free = this.space.freeBytes(this.directory);
		}
		catch (IOException ex) {
			throw new RetentionException(
					"The free space of %s for a heap dump cannot be determined.".formatted(this.directory), ex);
		}
		if (free < needed) {
			throw new RetentionException("The disk of %s has %d MB free, but a heap dump may need %d MB."
				.formatted(this.directory, free / MEGABYTE, needed / MEGABYTE + 1));
		}
	}

	private void write(Path dump) {
		try {
			this.writer.write(dump);
		}
		catch (IOException ex) {
			throw new RetentionException("The heap dump could not be written to %s.".formatted(this.directory), ex);
		}
		catch (LinkageError | UnsupportedOperationException ex) {
			throw new RetentionException("This JVM cannot write heap dumps.", ex);
		}
	}

	private static void dump(Path path) throws IOException {
		HotSpotDiagnosticMXBean diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
		if (diagnostics == null) {
			throw new UnsupportedOperationException();
		}
		diagnostics.dumpHeap(path.toString(), true);
	}

	/**
	 * End a running analysis, and return once its heap dump is deleted, at the latest
	 * after a minute.
	 */
	@Override
	public void close() {
		this.closed = true;
		Thread running;
		synchronized (this.lock) {
			if (this.reader != null) {
				this.reader.close();
			}
			running = this.thread;
		}
		try {
			if (running != null) {
				running.join(CLOSE_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Writes heap dumps.
	 */
	interface DumpWriter {

		void write(Path path) throws IOException;

	}

	/**
	 * Knows how much free space a directory has.
	 */
	interface DiskSpace {

		long freeBytes(Path directory) throws IOException;

	}

}
