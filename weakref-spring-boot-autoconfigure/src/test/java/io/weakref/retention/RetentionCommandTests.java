package io.weakref.retention;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.json.JsonContent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetentionCommand} and what it prints.
 */
class RetentionCommandTests {

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

	@TempDir
	private Path directory;

	private String dump = "";

	@BeforeEach
	void writeHeapDump() throws IOException {
		Path path = this.directory.resolve("heap.hprof");
		try (WrittenHeap heap = new WrittenHeap(path, 8, WrittenHeap.addresses())) {
			WrittenHeap.Type owner = heap.type("com.acme.Owner");
			WrittenHeap.Type account = heap.type("com.acme.Account", "owner");
			long first = heap.instance(owner);
			long second = heap.instance(owner);
			long third = heap.instance(owner);
			long table = heap.table("accounts", true, heap.node(first, heap.instance(account, first), 0),
					heap.node(second, heap.instance(account, second), 0), heap.node(third, 0, 0));
			heap.type("com.acme.Bank", null, Map.of("ACCOUNTS", table));
			int thread = heap.thread("a \"quoted\"\n\u2713 {frame} \\ name", third, "com.acme.Worker.run", 42);
			assertThat(thread).isPositive();
			heap.table("empty", false, 0, 0);
			heap.end();
		}
		this.dump = path.toString();
	}

	@Test
	void reportIsPrintedAsText() {
		assertThat(run("retention", this.dump, "accounts")).isZero();
		assertThat(output(this.output)).isEqualTo(
				"""
						accounts: 3 live entries, 3 of them examined, heap dump of 1 MB

						2 entries held by static field com.acme.Bank.ACCOUNTS
						    -> com.acme.Bank.ACCOUNTS
						    -> io.weakref.collection.WeakTable.table
						    -> io.weakref.collection.Node.strong
						    -> com.acme.Account.owner
						    the value reaches its key
						    A collection with weak keys holds its values, so an entry whose value refers to its key is never removed (promise 46).

						1 entry held by thread "a "quoted" ✓ {frame} \\ name"
						    -> java.lang.Thread.target
						""");
		assertThat(output(this.errors)).isEmpty();
	}

	@Test
	void reportIsPrintedAsJson() throws IOException {
		assertThat(run(this.dump, "accounts", "--json")).isZero();
		assertThat(new JsonContent(output(this.output))).isStrictlyEqualTo("""
				{
					"state": "done",
					"cache": "accounts",
					"live": 3,
					"examined": 3,
					"dumpBytes": %d,
					"paths": [
						{
							"entries": 2,
							"root": {"kind": "static", "description": "static field com.acme.Bank.ACCOUNTS"},
							"steps": ["com.acme.Bank.ACCOUNTS", "io.weakref.collection.WeakTable.table",
								"io.weakref.collection.Node.strong", "com.acme.Account.owner"],
							"note": "the value reaches its key"
						},
						{
							"entries": 1,
							"root": {"kind": "thread",
								"description": "thread \\"a \\"quoted\\" ✓ {frame} \\\\ name\\""},
							"steps": ["java.lang.Thread.target"]
						}
					]
				}""".formatted(Files.size(Path.of(this.dump))));
	}

	@Test
	void emptyCollectionIsReportedAsEmpty() {
		assertThat(run("retention", this.dump, "empty")).isZero();
		assertThat(output(this.output)).isEqualTo("""
				empty: 0 live entries, 0 of them examined, heap dump of 1 MB

				The collection has no live entries.
				""");
	}

	@Test
	void failureIsPrintedAsOneSentence() {
		assertThat(run("retention", this.dump, "tiles")).isEqualTo(RetentionCommand.NO_REPORT);
		assertThat(output(this.errors)).isEqualTo("heap.hprof has no weak collection named 'tiles'.\n");
		assertThat(output(this.output)).isEmpty();
	}

	@Test
	void failureIsPrintedAsJson() {
		assertThat(run("--json", this.dump, "tiles")).isEqualTo(RetentionCommand.NO_REPORT);
		assertThat(new JsonContent(output(this.output))).isStrictlyEqualTo("""
				{
					"state": "failed",
					"cache": "tiles",
					"error": "heap.hprof has no weak collection named 'tiles'."
				}""");
		assertThat(output(this.errors)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "retention", "retention heap.hprof", "retention a b c", "a b --text", "a\0b tiles" })
	void usageIsPrintedIfTheArgumentsAreWrong(String arguments) {
		assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
			.isEqualTo(RetentionCommand.WRONG_USE);
		assertThat(output(this.errors)).startsWith("Usage: ").contains("--json");
		assertThat(output(this.output)).isEmpty();
	}

	@Test
	void reportSurvivesTheTransferFromOneJvmToAnother() throws IOException {
		RetentionReport report = RetentionSearch.run(Path.of(this.dump), "accounts", Progress.NONE);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		report.writeTo(new DataOutputStream(bytes));
		assertThat(RetentionReport.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))))
			.isEqualTo(report);
	}

	@Test
	void longWorkShowsItsProgressOnOneLine() {
		AtomicLong nanos = new AtomicLong();
		ProgressLine line = new ProgressLine(stream(this.errors), nanos::get);
		line.report("counting objects", 1, 1000);
		nanos.set(1_000_000_000L);
		line.report("counting objects", 250, 1000);
		nanos.addAndGet(1_000_000L);
		line.report("counting objects", 251, 1000);
		nanos.addAndGet(1_000_000_000L);
		line.report("locating", 990, 1000);
		line.end();
		assertThat(output(this.errors))
			.isEqualTo("\rcounting objects: 25 %" + "\rlocating: 99 %        " + "\r              " + "\r");
	}

	@Test
	void shortWorkShowsNothing() {
		ProgressLine line = new ProgressLine(stream(this.errors), () -> 0);
		line.report("counting objects", 250, 1000);
		line.end();
		assertThat(output(this.errors)).isEmpty();
	}

	private int run(String... arguments) {
		return new RetentionCommand(stream(this.output), stream(this.errors)).run(List.of(arguments));
	}

	private static PrintStream stream(ByteArrayOutputStream bytes) {
		return new PrintStream(bytes, true, StandardCharsets.UTF_8);
	}

	private static String output(ByteArrayOutputStream bytes) {
		return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
	}

}
