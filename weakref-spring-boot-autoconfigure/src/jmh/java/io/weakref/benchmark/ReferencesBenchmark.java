package io.weakref.benchmark;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;

import io.weakref.reference.WeakRef;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls on references that leave nothing alive; the others are in {@link Deaths}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 3, jvmArgsAppend = { "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch" })
public class ReferencesBenchmark {

	@Benchmark
	public Object weakReference() {
		return new WeakReference<>(new Object());
	}

	@Benchmark
	public Object weakRefWithoutCallback() {
		return WeakRef.of(new Object());
	}

	@Benchmark
	public Object registerAndClean(Registration registration) {
		Object referent = new Object();
		registration.registrar.registerAndClean(referent, registration.action);
		return referent;
	}

	/** Who registers what. */
	@State(Scope.Thread)
	public static class Registration {

		@Param
		Registrar registrar = Registrar.CLEANER;

		private int ran;

		private final Registrar.Action action = () -> this.ran++;

		/**
		 * Show what has run, so that it must.
		 * @return how many actions
		 */
		public int ran() {
			return this.ran;
		}

	}

}
