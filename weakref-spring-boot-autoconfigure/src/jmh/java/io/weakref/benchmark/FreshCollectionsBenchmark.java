package io.weakref.benchmark;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Many small weak collections: each call creates one, puts some entries and drops it. The
 * time is that of all of this. Run with each garbage collector in turn ({@code
 * -jvmArgsAppend -XX:+UseZGC}): they differ in how young garbage collections treat what a
 * cleaner refers to.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = { "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch" })
public class FreshCollectionsBenchmark {

	@Param({ "WEAKREF", "NAIVE" })
	Contender contender = Contender.WEAKREF;

	@Param({ "0", "1", "20" })
	int puts;

	private Object[] keys = {};

	private Object[] values = {};

	@Setup(Level.Trial)
	public void fill() {
		this.keys = Keys.shuffled(Math.max(1, this.puts), 0);
		this.values = Suite.objects(this.puts);
	}

	@Benchmark
	public Object weakValues() {
		return put(this.contender.weakValues());
	}

	@Benchmark
	public Object weakKeys() {
		return put(this.contender.weakKeys());
	}

	private Store put(Store store) {
		for (int i = 0; i < this.puts; i++) {
			store.put(this.keys[i], this.values[i]);
		}
		return store;
	}

}
