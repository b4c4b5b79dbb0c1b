package io.weakref.benchmark;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.weakref.collection.WeakSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Interns strings that equal held ones but are different objects, as a parser does.
 * Compared with the weak interners of Guava and Caffeine, and {@link String#intern}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 5, jvmArgsAppend = { "-Xmx2g", "-XX:StringTableSize=65536" })
public class InterningBenchmark {

	@Param({ "weakSet", "guava", "caffeine", "string" })
	String interner = "weakSet";

	@Param("10000")
	int count;

	private UnaryOperator<String> intern = UnaryOperator.identity();

	private String[] held = new String[0];

	private String[] equal = new String[0];

	@Setup
	public void fill() {
		this.intern = create();
		this.held = new String[this.count];
		this.equal = new String[this.count];
		for (int i = 0; i < this.count; i++) {
			this.held[i] = this.intern.apply("element " + i);
		}
		for (int i = 0; i < this.count; i++) {
			// In a different order.
			this.equal[i] = "element " + (int) ((i * 7919L) % this.count);
		}
	}

	private UnaryOperator<String> create() {
		switch (this.interner) {
			case "guava" -> {
				Interner<String> guava = Interners.newWeakInterner();
				return guava::intern;
			}
			case "caffeine" -> {
				com.github.benmanes.caffeine.cache.Interner<String> caffeine = com.github.benmanes.caffeine.cache.Interner
					.newWeakInterner();
				return caffeine::intern;
			}
			case "string" -> {
				return String::intern;
			}
			default -> {
				WeakSet<String> set = new WeakSet<>();
				return set::intern;
			}
		}
	}

	@Benchmark
	public String internDuplicate() {
		return this.intern.apply(this.equal[ThreadLocalRandom.current().nextInt(this.count)]);
	}

}
