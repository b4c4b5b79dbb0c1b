package io.weakref.benchmark;

import java.util.concurrent.TimeUnit;

import io.weakref.benchmark.WeakValuesBenchmark.Position;
import org.jspecify.annotations.Nullable;
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
 * Data attached to objects that other code owns. The keys that are looked up are the
 * stored instances, because some contenders compare by identity.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = { "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages" })
public class WeakKeysBenchmark {

	@Param
	Contender contender = Contender.WEAKREF;

	@Param({ "10000", "1000000" })
	int size;

	private Store store = Contender.CHM.weakKeys();

	private Object[] keys = {};

	private Object[] values = {};

	@Setup(Level.Trial)
	public void fill() {
		this.store = this.contender.weakKeys();
		this.keys = Keys.shuffled(this.size, 0);
		this.values = Suite.objects(this.size);
		Filling.fill(this.store, this.keys, this.values);
		Keys.shuffle(this.keys, Keys.LOOKUP_ORDER);
	}

	@Benchmark
	public @Nullable Object getHit(Position position) {
		return this.store.get(this.keys[position.next(this.size)]);
	}

	@Benchmark
	public @Nullable Object putOver(Position position) {
		int i = position.next(this.size);
		return this.store.put(this.keys[i], position.value(i));
	}

}
