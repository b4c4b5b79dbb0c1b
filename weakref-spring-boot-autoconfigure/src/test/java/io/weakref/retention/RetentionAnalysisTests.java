package io.weakref.retention;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetentionAnalysis}, with a real JVM that reads the heap dump.
 */
@Tag("slow")
class RetentionAnalysisTests {

	private static final Map<String, Object> HOLDER = Map.of("a", new Object());

	private static final RetentionAnalysis.DiskSpace PLENTY = (path) -> Long.MAX_VALUE;

	private static final Duration NO_LIMIT = Duration.ofHours(1);

	@TempDir
	private Path directory;

	private @Nullable RetentionAnalysis analysis;

	@AfterEach
	void close() {
		if (this.analysis != null) {
			this.analysis.close();
		}
	}

	@Test
	void holderInThisJvmIsFound() {
		WeakValueDictionary<String, Object> tiles = WeakValueDictionary.<String, Object>builder()
			.name("tiles-1")
			.build();
		tiles.put("a", Objects.requireNonNull(HOLDER.get("a")));
		RetentionAnalysis analysis = analysis(new RetentionAnalysis(this.directory));
		assertThat(analysis.status().state()).isEqualTo(RetentionStatus.State.IDLE);
		assertThat(analysis.start("tiles", "tiles-1")).isTrue();
		RetentionReport report = Objects.requireNonNull(await(analysis, RetentionStatus.State.DONE).report());
		assertThat(report.cache()).isEqualTo("tiles");
		assertThat(report.live()).isOne();
		assertThat(report.dumpBytes()).isGreaterThan(1_000_000);
		assertThat(report.paths()).singleElement()
			.satisfies((path) -> assertThat(path.root()).isEqualTo(
					new RetentionRoot("static", "static field " + RetentionAnalysisTests.class.getName() + ".HOLDER")));
		assertNothingIsLeft();
	}

	@Test
	void nameIsPassedToTheReaderUnchanged() {
		assertFailure(written((heap) -> heap.table("tiles", false, 0)), "-Ω \"x\" *",
				"heap.hprof has no weak collection named '-Ω \"x\" *'.");
	}

	@Test
	void onlyOneCollectionIsExaminedAtATime() throws InterruptedException {
		CountDownLatch dumping = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		RetentionAnalysis analysis = analysis(new RetentionAnalysis(this.directory, (path) -> {
			dumping.countDown();
			awaitUninterruptibly(goOn);
			throw new IOException("full");
		}, PLENTY, NO_LIMIT));
		assertThat(analysis.start("tiles", "tiles")).isTrue();
		dumping.await();
		assertThat(analysis.start("others", "others")).isFalse();
		assertThat(analysis.status()).isEqualTo(RetentionStatus.running("tiles"));
		goOn.countDown();
		await(analysis, RetentionStatus.State.FAILED);
		assertThat(analysis.start("others", "others")).isTrue();
		await(analysis, RetentionStatus.State.FAILED);
		assertThat(analysis.status().cache()).isEqualTo("others");
	}

	@Test
	void fullDiskIsNoticedBeforeTheDump() {
		RetentionAnalysis analysis = analysis(new RetentionAnalysis(this.directory, (path) -> {
			throw new AssertionError("no dump");
		}, (path) -> 3 << 20, NO_LIMIT));
		analysis.start("tiles", "tiles");
		assertThat(await(analysis, RetentionStatus.State.FAILED).error())
			.matches("The disk of \\S+ has 3 MB free, but a heap dump may need \\d+ MB\\.");
		assertNothingIsLeft();
	}

	@Test
	void dumpThatFailsIsDeleted() {
		assertFailure((path) -> {
			Files.writeString(path, "JAVA PROFILE");
			throw new IOException("No space left on device");
		}, "tiles", "The heap dump could not be written to %s.".formatted(this.directory));
	}

	@Test
	void messageNamesADirectoryThatIsNotWritable() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		RetentionAnalysis analysis = analysis(new RetentionAnalysis(file));
		analysis.start("tiles", "tiles");
		assertThat(await(analysis, RetentionStatus.State.FAILED).error())
			.isEqualTo("The directory %s for heap dumps is not writable.".formatted(file));
	}

	@Test
	void messageSaysThatTheJvmCannotWriteHeapDumps() {
		assertFailure((path) -> {
			throw new NoClassDefFoundError("com/sun/management/HotSpotDiagnosticMXBean");
		}, "tiles", "This JVM cannot write heap dumps.");
	}

	@Test
	void messageSaysThatADumpIsCutOff() {
		assertFailure((path) -> {
			written((heap) -> heap.table("tiles", false, 0)).write(path);
			Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 700));
		}, "tiles", "heap.hprof is cut off: it ends after 700 bytes, in the middle of the heap dump.");
	}

	@Test
	void unexpectedErrorIsReported() {
		assertFailure((path) -> {
			throw new IllegalStateException(PlantedHolders.SECRET);
		}, "tiles", "There is no report because of an unexpected java.lang.IllegalStateException.");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no named pipes in its file system")
	void readerThatIsKilledLeavesNothing() {
		RetentionAnalysis analysis = analysis(hanging(NO_LIMIT));
		analysis.start("tiles", "tiles");
		reader().destroyForcibly();
		assertThat(await(analysis, RetentionStatus.State.FAILED).error())
			.isEqualTo("The JVM that read the heap dump ended without a report, with exit value 137.");
		assertNothingIsLeft();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no named pipes in its file system")
	void readerThatHangsIsEndedAndLeavesNothing() {
		RetentionAnalysis analysis = analysis(hanging(Duration.ofSeconds(1)));
		analysis.start("tiles", "tiles");
		assertThat(await(analysis, RetentionStatus.State.FAILED).error())
			.isEqualTo("The JVM that read the heap dump was killed because it gave no report within 1 seconds.");
		assertNothingIsLeft();
		assertThat(readers()).isEmpty();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no named pipes in its file system")
	void closingEndsTheReaderAndLeavesNothing() {
		RetentionAnalysis analysis = analysis(hanging(NO_LIMIT));
		analysis.start("tiles", "tiles");
		ProcessHandle reader = reader();
		analysis.close();
		assertNothingIsLeft();
		assertThat(analysis.status().error()).isEqualTo("The application was closed before there was a report.");
		GarbageCollection.await(() -> !reader.isAlive());
	}

	@Test
	void nothingIsWrittenOnceClosed() {
		RetentionAnalysis analysis = analysis(new RetentionAnalysis(this.directory, (path) -> {
			throw new AssertionError("no dump");
		}, PLENTY, NO_LIMIT));
		analysis.close();
		analysis.start("tiles", "tiles");
		assertThat(await(analysis, RetentionStatus.State.FAILED).error())
			.isEqualTo("The application was closed before there was a report.");
	}

	@Test
	void leftoversOfAKilledApplicationAreDeleted() throws IOException {
		Path left = Files.createDirectory(this.directory.resolve("weakref-retention-left"));
		Files.createFile(left.resolve("lock"));
		Files.createFile(left.resolve("heap.hprof"));
		try (WorkDirectory used = WorkDirectory.create(this.directory)) {
			assertThat(left).doesNotExist();
			try (WorkDirectory other = WorkDirectory.create(this.directory)) {
				assertThat(used.path()).exists().isNotEqualTo(other.path());
			}
		}
		assertNothingIsLeft();
	}

	@Test
	void readerIsStartedWhereverTheClassesComeFrom() throws Exception {
		ClassLoader nested = new NestedJarLoader();
		Class<?> analysisType = nested.loadClass(RetentionAnalysis.class.getName());
		assertThat(analysisType).isNotEqualTo(RetentionAnalysis.class);
		assertThat(analysisType.getProtectionDomain().getCodeSource().getLocation()).isNull();
		try (AutoCloseable analysis = (AutoCloseable) analysisType.getConstructor(Path.class)
			.newInstance(this.directory)) {
			analysisType.getMethod("start", String.class, String.class).invoke(analysis, "nothing", "of this name");
			GarbageCollection.await(() -> !status(analysis).contains("RUNNING"));
			assertThat(status(analysis)).contains("has no weak collection named 'of this name'");
		}
		assertNothingIsLeft();
	}

	private static String status(AutoCloseable analysis) {
		try {
			return String.valueOf(analysis.getClass().getMethod("status").invoke(analysis));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void readerHasEveryClassOfThePackageThatItNeeds() throws Exception {
		Path classes = Path.of(RetentionAnalysis.class.getProtectionDomain().getCodeSource().getLocation().toURI())
			.resolve("io/weakref/retention");
		try (Stream<Path> files = Files.list(classes)) {
			List<String> all = files.map((file) -> file.getFileName().toString())
				.filter((name) -> !name.matches(
						"(package-info|ProgressLine|Report(Json|Text)|Retention(Analysis.*|Command|Status.*)|ReaderProcess|WorkDirectory)\\.class"))
				.toList();
			assertThat(ReaderProcess.CLASSES.stream()
				.map((type) -> type.getName().replaceAll(".*\\.", "") + ".class")
				.collect(Collectors.toList())).containsExactlyInAnyOrderElementsOf(all);
		}
	}

	private void assertFailure(RetentionAnalysis.DumpWriter writer, String collection, String error) {
		RetentionAnalysis analysis = analysis(new RetentionAnalysis(this.directory, writer, PLENTY, NO_LIMIT));
		analysis.start("tiles", collection);
		assertThat(await(analysis, RetentionStatus.State.FAILED).error()).isEqualTo(error);
		assertNothingIsLeft();
	}

	/** Create an analysis whose reader waits for a heap dump that is never written. */
	private RetentionAnalysis hanging(Duration limit) {
		return new RetentionAnalysis(this.directory, (path) -> {
			try {
				assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, PLENTY, limit);
	}

	private ProcessHandle reader() {
		GarbageCollection.await(() -> readers().count() == 1);
		return readers().findFirst().orElseThrow();
	}

	private Stream<ProcessHandle> readers() {
		return ProcessHandle.current()
			.children()
			.filter((process) -> process.info()
				.commandLine()
				.filter((line) -> line.contains(this.directory.toString()) && line.contains(ReaderMain.class.getName()))
				.isPresent());
	}

	private static RetentionAnalysis.DumpWriter written(Heap content) {
		return (path) -> {
			try (WrittenHeap heap = new WrittenHeap(path, 8, WrittenHeap.addresses())) {
				content.writeTo(heap);
				heap.end();
			}
		};
	}

	private RetentionAnalysis analysis(RetentionAnalysis analysis) {
		this.analysis = analysis;
		return analysis;
	}

	private static RetentionStatus await(RetentionAnalysis analysis, RetentionStatus.State state) {
		GarbageCollection.await(() -> analysis.status().state() != RetentionStatus.State.RUNNING);
		assertThat(analysis.status().state()).as(String.valueOf(analysis.status())).isEqualTo(state);
		return analysis.status();
	}

	private void assertNothingIsLeft() {
		assertThat(this.directory).isEmptyDirectory();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private interface Heap {

		void writeTo(WrittenHeap heap) throws IOException;

	}

	/** Loads classes and resources from a location that a class path cannot name. */
	private static final class NestedJarLoader extends ClassLoader {

		NestedJarLoader() {
			super(ClassLoader.getPlatformClassLoader());
		}

		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			byte[] bytes = bytes(name.replace('.', '/') + ".class");
			if (bytes == null) {
				throw new ClassNotFoundException(name);
			}
			return defineClass(name, bytes, 0, bytes.length);
		}

		@Override
		protected @Nullable URL findResource(String name) {
			byte[] bytes = bytes(name);
			if (bytes == null) {
				return null;
			}
			try {
				return new URL("nested", null, 0, name, new URLStreamHandler() {

					@Override
					protected URLConnection openConnection(URL url) {
						return new URLConnection(url) {

							@Override
							public void connect() {
								// Nothing to do.
							}

							@Override
							public InputStream getInputStream() {
								return new ByteArrayInputStream(bytes);
							}

						};
					}

				});
			}
			catch (MalformedURLException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static byte @Nullable [] bytes(String resource) {
			try (InputStream input = RetentionAnalysis.class.getClassLoader().getResourceAsStream(resource)) {
				return (input != null) ? input.readAllBytes() : null;
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
