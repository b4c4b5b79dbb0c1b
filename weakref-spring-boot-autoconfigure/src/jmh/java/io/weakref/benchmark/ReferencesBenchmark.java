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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls on references that leave nothing behind; the other calls are in {@link Deaths}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 3, jvmArgsAppend = { "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch" })
public class ReferencesBenchmark {

	@Benchmark
	public Object refer(Reference reference) {
		return reference.refer();
	}

	@Benchmark
	public Object registerAndClean(Registration registration) {
		Object referent = new Object();
		registration.registrar.registerAndClean(referent, registration.action);
		return referent;
	}

	/** The references without a callback. */
	@State(Scope.Thread)
	public static class Reference {

		@Param({ "java", "weakRef" })
		String reference = "java";

		@Param({ "fresh", "known" })
		String referent = "fresh";

		private final Object known = new Object();

		private final Object shared = WeakRef.of(this.known);

		private boolean ofJava;

		private boolean fresh;

		@Setup
		public void start() {
			this.ofJava = this.reference.equals("java");
			this.fresh = this.referent.equals("fresh");
		}

		Object refer() {
			Object object = this.fresh ? new Object() : this.known;
			return this.ofJava ? new WeakReference<>(object) : WeakRef.of(object);
		}

		/**
		 * Return what keeps the known object's reference alive. Exists so that the field
		 * is read.
		 * @return the reference
		 */
		public Object shared() {
			return this.shared;
		}

	}

	/** The registrars and what they register. */
	@State(Scope.Thread)
	public static class Registration {

		@Param
		Registrar registrar = Registrar.CLEANER;

		private int ran;

		private final Registrar.Action action = () -> this.ran++;

		/**
		 * Return the result of the actions. Exists so that the JVM cannot skip them.
		 * @return how many actions
		 */
		public int ran() {
			return this.ran;
		}

	}

}
