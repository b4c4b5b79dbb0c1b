package io.weakref.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;

/**
 * A {@link Benchmark} method, and how to call it for one row of a table.
 *
 * @param benchmark the names of the class and the method
 * @param parameter the parameter that distinguishes the columns
 * @param columns its values, and their names on the page
 * @param fixed the other parameters
 * @param threads how many threads call; 0 for the number that the method declares
 * @param millis how long an iteration takes
 * @param cpu whether a second row shows the CPU time of the JVM
 * @param unit that of the row
 * @param options those of the JVM
 */
record Calls(String benchmark, String parameter, Map<String, String> columns, Map<String, String> fixed, int threads,
		int millis, boolean cpu, TimeUnit unit, List<String> options) {

	static Calls of(String benchmark, String parameter, Map<String, String> columns) {
		return new Calls(benchmark, parameter, columns, Map.of(), 0, 300, false, TimeUnit.NANOSECONDS, List.of());
	}

	static Calls of(String benchmark, List<Contender> contenders) {
		Map<String, String> columns = new LinkedHashMap<>();
		contenders.forEach((contender) -> columns.put(contender.name(), contender.label()));
		return of(benchmark, "contender", columns);
	}

	Calls with(String name, Object value) {
		Map<String, String> fixed = new LinkedHashMap<>(this.fixed);
		fixed.put(name, String.valueOf(value));
		return new Calls(this.benchmark, this.parameter, this.columns, fixed, this.threads, this.millis, this.cpu,
				this.unit, this.options);
	}

	Calls by(int threads) {
		return new Calls(this.benchmark, this.parameter, this.columns, this.fixed, threads, this.millis, this.cpu,
				this.unit, this.options);
	}

	Calls taking(int millis) {
		return new Calls(this.benchmark, this.parameter, this.columns, this.fixed, this.threads, millis, this.cpu,
				this.unit, this.options);
	}

	Calls withCpu() {
		return new Calls(this.benchmark, this.parameter, this.columns, this.fixed, this.threads, this.millis, true,
				this.unit, this.options);
	}

	Calls in(TimeUnit unit) {
		return new Calls(this.benchmark, this.parameter, this.columns, this.fixed, this.threads, this.millis, this.cpu,
				unit, this.options);
	}

	Calls options(List<String> options) {
		return new Calls(this.benchmark, this.parameter, this.columns, this.fixed, this.threads, this.millis, this.cpu,
				this.unit, options);
	}

}
