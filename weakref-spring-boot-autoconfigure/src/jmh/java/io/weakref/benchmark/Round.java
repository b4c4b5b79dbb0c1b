package io.weakref.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures a {@link Group} once: each column of each row in a separate JVM, those of a row
 * soon after each other.
 */
final class Round {

	private final Results results;

	private final boolean smoke;

	private final List<String> jvmArguments;

	/**
	 * Create a round.
	 * @param results receives the results
	 * @param smoke whether only to check that everything runs, in as little time as
	 * possible
	 * @param jvmArguments override all other options of the JVMs
	 */
	Round(Results results, boolean smoke, List<String> jvmArguments) {
		this.results = results;
		this.smoke = smoke;
		this.jvmArguments = jvmArguments;
	}

	/** Measure a row by JMH. */
	void calls(String table, String row, Calls calls) throws RunnerException, IOException {
		TimeValue time = TimeValue.milliseconds(this.smoke ? 20 : calls.millis());
		ChainedOptionsBuilder builder = new OptionsBuilder().include("\\." + calls.benchmark() + "$")
			.forks(1)
			.warmupIterations(this.smoke ? 1 : 3)
			.warmupTime(time)
			.measurementIterations(this.smoke ? 1 : 3)
			.measurementTime(time)
			.timeUnit(calls.unit())
			.param(calls.parameter(), calls.columns().keySet().toArray(String[]::new))
			.jvmArgsAppend(Stream.of(Suite.HEAP, calls.options(), this.jvmArguments)
				.flatMap(List::stream)
				.toArray(String[]::new));
		calls.fixed().forEach(builder::param);
		if (calls.threads() > 0) {
			builder.threads(calls.threads());
		}
		if (calls.cpu()) {
			builder.addProfiler(ProcessCpu.class);
		}
		for (RunResult result : new Runner(builder.build()).run()) {
			String column = Objects
				.requireNonNull(calls.columns().get(result.getParams().getParam(calls.parameter())));
			for (BenchmarkResult fork : result.getBenchmarkResults()) {
				List<Double> times = new ArrayList<>();
				List<Double> cpu = new ArrayList<>();
				for (IterationResult iteration : fork.getIterationResults()) {
					times.add(iteration.getPrimaryResult().getScore());
					Result<?> processCpu = iteration.getSecondaryResults().get(ProcessCpu.RESULT);
					if (processCpu != null) {
						cpu.add(processCpu.getScore());
					}
				}
				this.results.add(table, row, column, ResultTable.median(times));
				if (!cpu.isEmpty()) {
					this.results.add(table, row + ": CPU of the JVM", column, ResultTable.median(cpu));
				}
			}
		}
	}

	/**
	 * Run a main class of figures.
	 * @param table receives the figures
	 * @param main prints them by {@link Figures#print} or by {@link Suite#print}
	 * @param options those of the JVM
	 * @param arguments those of the main class
	 */
	void program(String table, Class<?> main, List<String> options, String... arguments)
			throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(options);
		all.add("-D" + Figures.SMOKE + "=" + this.smoke);
		all.addAll(this.jvmArguments);
		for (String line : fork(all, System.getProperty("java.class.path"), main.getName(), arguments)) {
			String[] parts = line.split("\t", -1);
			if (line.startsWith(Figures.PREFIX)) {
				this.results.add(table, parts[1], parts[2], Double.parseDouble(parts[3]));
			}
			else if (arguments.length > 0 && line.startsWith(arguments[0] + "\t")) {
				this.results.add(table, parts[1], Contender.valueOf(arguments[0]).label(), Double.parseDouble(parts[2]));
			}
		}
	}

	/**
	 * Run a main class to its end.
	 * @return the lines that it printed
	 */
	static List<String> fork(List<String> options, String classPath, String main, String... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, main));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		List<String> lines = new ArrayList<>();
		try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach((line) -> {
				System.out.println(line);
				lines.add(line);
			});
		}
		if (process.waitFor() != 0) {
			throw new IllegalStateException(main + " failed with " + List.of(arguments));
		}
		return lines;
	}

}
