package io.weakref.benchmark;

import java.util.concurrent.TimeUnit;

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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * One shared instance for each id. The keys that are looked up equal the stored ones but
 * are different instances.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = { "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages" })
public class WeakValuesBenchmark {

	@Param
	Contender contender = Contender.WEAKREF;

	@Param({ "10000", "1000000" })
	int size;

	private Store store = Contender.CHM.weakValues();

	private Object[] stored = {};

	private Object[] present = {};

	private Object[] absent = {};

	private Object[] values = {};

	@Setup(Level.Trial)
	public void fill() {
		this.store = this.contender.weakValues(this.size);
		this.stored = Keys.shuffled(this.size, 0);
		this.present = Keys.shuffle(Keys.shuffled(this.size, 0), Keys.LOOKUP_ORDER);
		this.absent = Keys.shuffled(this.size, this.size);
		this.values = Suite.objects(this.size);
		Filling.fill(this.store, this.stored, this.values);
	}

	@Benchmark
	public @Nullable Object getHit(Position position) {
		return this.store.get(this.present[position.next(this.size)]);
	}

	@Benchmark
	public @Nullable Object getMiss(Position position) {
		return this.store.get(this.absent[position.next(this.size)]);
	}

	@Benchmark
	public @Nullable Object computeIfAbsentHit(Position position) {
		return this.store.computeIfAbsent(this.present[position.next(this.size)], (key) -> new Object());
	}

	@Benchmark
	public @Nullable Object putOver(Position position) {
		int i = position.next(this.size);
		return this.store.put(this.present[i], position.value(i));
	}

	@Benchmark
	public @Nullable Object insertAndRemove(Position position) {
		int i = position.next(this.size);
		this.store.put(this.absent[i], this.values[i]);
		return this.store.remove(this.absent[i]);
	}

	@Benchmark
	@Threads(2)
	public @Nullable Object mostlyReads(Position position) {
		int i = position.next(this.size);
		if (i % 20 == 0) {
			return this.store.put(this.present[i], position.value(i));
		}
		return this.store.get(this.present[i]);
	}

	/** The time is that of a whole iteration; divide it by the size. */
	@Benchmark
	public void iterate(Blackhole blackhole) {
		for (Object value : this.store.values()) {
			blackhole.consume(value);
		}
	}

	/** The position of a thread in the keys, and the values that only this thread puts. */
	@State(Scope.Thread)
	public static class Position {

		private int index;

		private boolean odd;

		private Object[] values = {};

		private Object[] others = {};

		/**
		 * Start the threads at different keys. Side by side, each would find the entry
		 * that the other has just written instead of an old one.
		 * @param threads how many there are
		 */
		@Setup(Level.Trial)
		public void start(ThreadParams threads, BenchmarkParams benchmark) {
			int size = Integer.parseInt(benchmark.getParam("size"));
			this.index = size / threads.getThreadCount() * threads.getThreadIndex();
			this.values = Suite.objects(size);
			this.others = Suite.objects(size);
			// Move the values to the old generation, where the values of a cache usually
			// are.
			System.gc();
		}

		int next(int size) {
			int i = this.index;
			this.index = (i + 1 < size) ? i + 1 : 0;
			this.odd ^= this.index == 0;
			return i;
		}

		/**
		 * A value that the key does not have: the value that was put last was the other
		 * one of this thread, or came from another thread.
		 * @param i the index of the key
		 */
		Object value(int i) {
			return (this.odd ? this.others : this.values)[i];
		}

	}

}
