package io.weakref.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The whole comparison: the benchmarks of single calls by JMH, and beside them what they
 * cannot show, each contender in JVMs of its own. {@link Report} makes a table and a chart
 * of the results.
 */
public final class Suite {

	private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch",
			"-XX:+UseTransparentHugePages");

	private static final List<Contender> PEERS = List.of(Contender.WEAKREF, Contender.NAIVE, Contender.CHM,
			Contender.CAFFEINE, Contender.GUAVA);

	/** A strong map has nothing to purge, and Guava's purges in its writes alone. */
	private static final List<Contender> PURGING = List.of(Contender.WEAKREF, Contender.NAIVE, Contender.CAFFEINE);

	private final Path directory;

	private final int jvms;

	private final List<String> jvmArguments;

	private Suite(Path directory, int jvms, List<String> jvmArguments) {
		this.directory = directory;
		this.jvms = jvms;
		this.jvmArguments = jvmArguments;
	}

	/**
	 * Run it.
	 * @param args {@code short}, which takes five minutes, or {@code full}, which takes
	 * half an hour; then options of the JVMs, such as {@code -XX:+UseZGC}
	 * @throws RunnerException if a benchmark fails
	 * @throws IOException if results cannot be written
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String... args) throws RunnerException, IOException, InterruptedException {
		boolean full = args[0].equals("full");
		Path directory = Files.createDirectories(Path.of("benchmark"));
		List<String> jvmArguments = Arrays.asList(args).subList(1, args.length);
		Suite suite = new Suite(directory, full ? 5 : 1, jvmArguments);
		suite.figures(full);
		suite.calls("WeakValuesBenchmark", "10000", PEERS, Contender.WEAKREF_STATS);
		suite.calls("WeakKeysBenchmark.getHit", "10000", List.of(Contender.values()));
		if (full) {
			suite.calls("WeakValuesBenchmark.(getHit|putOver)", "1000000", PEERS);
		}
		Report.main(directory.toString());
	}

	private void calls(String include, String size, List<Contender> contenders, Contender... more)
			throws RunnerException {
		List<Contender> all = new ArrayList<>(contenders);
		all.addAll(List.of(more));
		ChainedOptionsBuilder options = new OptionsBuilder().include(include)
			.forks(this.jvms)
			.warmupIterations(3)
			.warmupTime(TimeValue.milliseconds(300))
			.measurementIterations(3)
			.measurementTime(TimeValue.milliseconds(300))
			.param("size", size)
			.param("contender", all.stream().map(Contender::name).toArray(String[]::new))
			.jvmArgsPrepend(this.jvmArguments.toArray(String[]::new))
			.resultFormat(ResultFormatType.JSON)
			.result(this.directory.resolve(include.replaceAll("\\W", "") + "-" + size + ".json").toString());
		new Runner(options.build()).run();
	}

	private void figures(boolean full) throws IOException, InterruptedException {
		List<String> lines = new ArrayList<>();
		for (Contender contender : PEERS) {
			lines.addAll(run(List.of(), Footprint.class, contender));
			if (full && PURGING.contains(contender)) {
				lines.addAll(run(List.of(), Purging.class, contender));
			}
			if (full) {
				lines.addAll(run(List.of("-XX:+UnlockExperimentalVMOptions", "-XX:+UseEpsilonGC"), LongestPut.class,
						contender));
				Path log = this.directory.resolve("gc-" + contender + ".log");
				lines.addAll(run(
						List.of("-XX:+UseG1GC", "-XX:+ExplicitGCInvokesConcurrent", "-Xlog:gc*:file=" + log),
						Marking.class, contender, log.toString()));
			}
		}
		Files.write(this.directory.resolve("figures.tsv"), lines);
	}

	private List<String> run(List<String> options, Class<?> main, Contender contender, String... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(HEAP);
		command.addAll(options.isEmpty() ? this.jvmArguments : options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), contender.name()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		List<String> lines = new ArrayList<>();
		try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().filter((line) -> line.startsWith(contender + "\t")).forEach((line) -> {
				System.out.println(line);
				lines.add(line);
			});
		}
		if (process.waitFor() != 0) {
			throw new IllegalStateException(main.getSimpleName() + " failed for " + contender);
		}
		return lines;
	}

	static void print(Contender contender, String figure, double value) {
		System.out.printf(Locale.ROOT, "%s\t%s\t%.2f%n", contender, figure, value);
	}

	static Object[] objects(int count) {
		Object[] objects = new Object[count];
		for (int i = 0; i < count; i++) {
			objects[i] = new Object();
		}
		return objects;
	}

}
