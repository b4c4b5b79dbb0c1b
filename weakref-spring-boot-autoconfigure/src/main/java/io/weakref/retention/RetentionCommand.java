package io.weakref.retention;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The command that finds out from a heap dump what holds the entries of a weak
 * collection: {@code retention heap.hprof tiles}. It prints the report on the standard
 * output, as text or with {@code --json} in the form of the endpoint, and everything else
 * on the standard error output. The exit status is 0, or 1 if there is no report, or 2 if
 * the arguments are wrong.
 *
 * @since 0.1.0
 */
public final class RetentionCommand {

	static final int NO_REPORT = 1;

	static final int WRONG_USE = 2;

	private static final String NAME = "retention";

	private static final String USAGE = """
			Usage: java -jar weakref-spring-boot-autoconfigure.jar retention HEAP-DUMP COLLECTION [--json]

			Finds out what holds the entries of a weak collection.
			  HEAP-DUMP   a heap dump that jmap or jcmd wrote of a JVM that uses this library
			  COLLECTION  the name of the collection, such as tiles
			  --json      print the report in the JSON form of the endpoint weakretention
			""";

	private final PrintStream output;

	private final PrintStream errors;

	RetentionCommand(PrintStream output, PrintStream errors) {
		this.output = output;
		this.errors = errors;
	}

	/**
	 * Run the command.
	 * @param arguments the name of the command, which may be left out, and its arguments
	 */
	public static void main(String[] arguments) {
		PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		System.exit(new RetentionCommand(output, System.err).run(List.of(arguments)));
	}

	/**
	 * Run the command.
	 * @param arguments its arguments
	 * @return the exit status
	 */
	int run(List<String> arguments) {
		List<String> rest = new ArrayList<>(arguments);
		boolean json = rest.remove("--json");
		if (!rest.isEmpty() && rest.get(0).equals(NAME)) {
			rest.remove(0);
		}
		Path path = (rest.size() == 2) ? path(rest.get(0)) : null;
		if (path == null || rest.stream().anyMatch((argument) -> argument.startsWith("--"))) {
			this.errors.print(USAGE);
			return WRONG_USE;
		}
		String cache = rest.get(1);
		ProgressLine progress = new ProgressLine(this.errors, System::nanoTime);
		String error;
		try {
			RetentionReport report = RetentionSearch.run(path, cache, progress);
			progress.end();
			if (json) {
				this.output.println(ReportJson.of(report));
			}
			else {
				ReportText.of(report).forEach(this.output::println);
			}
			return 0;
		}
		catch (RetentionException ex) {
			error = String.valueOf(ex.getMessage());
		}
		catch (OutOfMemoryError ex) {
			error = outOfMemory(path);
		}
		progress.end();
		if (json) {
			this.output.println(ReportJson.ofFailure(cache, error));
		}
		else {
			this.errors.println(error);
		}
		return NO_REPORT;
	}

	private static String outOfMemory(Path path) {
		String error = "Reading the heap dump needs more memory than the %d MB that this JVM may use"
			.formatted(Runtime.getRuntime().maxMemory() >> 20);
		try {
			return "%s: start it with -Xmx%dm.".formatted(error, RetentionSearch.memoryFor(Files.size(path)));
		}
		catch (IOException ex) {
			return error + ".";
		}
	}

	private static @Nullable Path path(String name) {
		try {
			return Path.of(name);
		}
		catch (InvalidPathException ex) {
			return null;
		}
	}

}
