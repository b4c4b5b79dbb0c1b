package io.weakref.benchmark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The whole comparison: the benchmarks of single calls by JMH, and the measurements that
 * JMH cannot make, each contender in separate JVMs. {@link Report} creates a table and a
 * chart from the results.
 */
public final class Suite {

	static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch",
			"-XX:+UseTransparentHugePages");

	/**
	 * For lookups among a million entries: several garbage collector threads divide the
	 * objects to copy among them at random. So the nodes that are adjacent in memory
	 * differ from one JVM to the next, which changes a lookup by a sixth. Not for calls
	 * that allocate: the pauses with a single thread make Caffeine's {@code put} take 1.7
	 * times as long.
	 */
	static final List<String> ONE_COLLECTOR_THREAD = List.of("-XX:ParallelGCThreads=1");

	static final List<Contender> PEERS = List.of(Contender.WEAKREF, Contender.NAIVE, Contender.CHM,
			Contender.CAFFEINE, Contender.GUAVA);

	/**
	 * The contenders that purge. A strong map has nothing to purge, and Guava's map purges
	 * only in its writes.
	 */
	private static final List<Contender> PURGING = List.of(Contender.WEAKREF, Contender.NAIVE, Contender.CAFFEINE);

	private static final List<Contender> WEAK_KEYS = List.of(Contender.WEAKREF, Contender.WEAKREF_STATS,
			Contender.NAIVE, Contender.CHM, Contender.CAFFEINE, Contender.CAFFEINE_STATS, Contender.GUAVA,
			Contender.SPRING, Contender.WEAK_HASH_MAP, Contender.WEAK_LOCK_FREE);

	static final int ROUNDS = 5;

	static final int MILLION = 1_000_000;

	static final String DIRECTORY = "benchmark";

	private final Path directory;

	private final List<String> jvmArguments;

	private Suite(Path directory, List<String> jvmArguments) {
		this.directory = directory;
		this.jvmArguments = jvmArguments;
	}

	/**
	 * Run the suite. A machine changes its speed while a suite runs, so the contenders of
	 * a row take turns: one JVM of each, then the next row, and all of that again in each
	 * round.
	 * @param args {@code short} for one round of 10,000 entries, which takes four minutes,
	 * or {@code full} for five rounds, 1M entries too, which takes under an hour, or
	 * another number of such rounds; then options of the JVMs, such as
	 * {@code -XX:+UseZGC}, which override those above; or the name of a {@link Group} and
	 * its arguments
	 * @throws RunnerException if a benchmark fails
	 * @throws IOException if results cannot be written
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String... args) throws RunnerException, IOException, InterruptedException {
		Group group = Group.named(args[0]);
		if (group != null) {
			group.run(Arrays.asList(args).subList(1, args.length));
			return;
		}
		boolean full = !args[0].equals("short");
		int rounds = switch (args[0]) {
			case "short" -> 1;
			case "full" -> ROUNDS;
			default -> Integer.parseInt(args[0]);
		};
		Path directory = Files.createDirectories(Path.of(DIRECTORY));
		try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "{*.json,figures.tsv,gc-*,report.*}")) {
			for (Path file : old) {
				Files.delete(file);
			}
		}
		Suite suite = new Suite(directory, Arrays.asList(args).subList(1, args.length));
		List<Contender> values = new ArrayList<>(PEERS);
		values.add(Contender.WEAKREF_STATS);
		for (int round = 1; round <= rounds; round++) {
			suite.figures(full);
			suite.calls(round, "WeakValuesBenchmark", 10_000, TimeValue.milliseconds(300), values, List.of());
			suite.calls(round, "WeakKeysBenchmark.getHit", 10_000, TimeValue.milliseconds(300),
					WEAK_KEYS, List.of());
			if (full) {
				// Long enough for several garbage collections, and for replacing each
				// entry once before.
				suite.calls(round, "WeakValuesBenchmark.put", MILLION, TimeValue.seconds(1), PEERS, List.of());
				suite.calls(round, "WeakValuesBenchmark.(get|compute)", MILLION, TimeValue.seconds(1), PEERS,
						ONE_COLLECTOR_THREAD);
			}
			Report.main(directory.toString());
		}
	}

	private void calls(int round, String include, int size, TimeValue time, List<Contender> contenders,
			List<String> options) throws RunnerException {
		String result = include.replaceAll("\\W", "") + "-" + size + "-" + round + ".json";
		ChainedOptionsBuilder builder = new OptionsBuilder().include(include)
			.forks(1)
			.warmupIterations(3)
			.warmupTime(time)
			.measurementIterations(3)
			.measurementTime(time)
			.param("size", String.valueOf(size))
			.param("contender", contenders.stream().map(Contender::name).toArray(String[]::new))
			.jvmArgsAppend(Stream.of(HEAP, options, this.jvmArguments)
				.flatMap(List::stream)
				.toArray(String[]::new))
			.resultFormat(ResultFormatType.JSON)
			.result(this.directory.resolve(result).toString());
		new Runner(builder.build()).run();
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
		Files.write(this.directory.resolve("figures.tsv"), lines, StandardOpenOption.CREATE,
				StandardOpenOption.APPEND);
	}

	private List<String> run(List<String> options, Class<?> main, Contender contender, String... arguments)
			throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(HEAP);
		all.addAll(options.isEmpty() ? this.jvmArguments : options);
		return Round
			.fork(all, System.getProperty("java.class.path"), main.getName(),
					Stream.concat(Stream.of(contender.name()), Stream.of(arguments)).toArray(String[]::new))
			.stream()
			.filter((line) -> line.startsWith(contender + "\t"))
			.toList();
	}

	static void print(Contender contender, String figure, double value) {
		System.out.printf(Locale.ROOT, "%s\t%s\t%.3f%n", contender, figure, value);
	}

	static Object[] objects(int count) {
		Object[] objects = new Object[count];
		for (int i = 0; i < count; i++) {
			objects[i] = new Object();
		}
		return objects;
	}

}
