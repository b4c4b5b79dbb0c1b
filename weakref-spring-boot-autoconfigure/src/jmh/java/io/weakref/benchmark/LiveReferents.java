package io.weakref.benchmark;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.weakref.reference.WeakRef;

/**
 * The cost of the first reference to each of many new objects, all of which live. The
 * contenders take turns in one JVM; medians are printed.
 */
public final class LiveReferents {

	private static final int COUNT = 200_000;

	private static final int WARMUP = 10;

	private static final int ROUNDS = 21;

	private LiveReferents() {
	}

	/**
	 * Measure.
	 * @param args none
	 */
	public static void main(String... args) {
		Map<Kind, List<Double>> figures = new EnumMap<>(Kind.class);
		for (int round = -Figures.repeats(WARMUP); round < Figures.repeats(ROUNDS); round++) {
			for (Kind kind : Kind.values()) {
				double nanos = measure(kind);
				if (round >= 0) {
					figures.computeIfAbsent(kind, (name) -> new ArrayList<>()).add(nanos);
				}
			}
		}
		figures.forEach((kind, nanos) -> Figures.print("each of 200,000 new objects, which live, ns", kind.label,
				ResultTable.median(nanos)));
	}

	private static double measure(Kind kind) {
		Object[] referents = Suite.objects(COUNT);
		Object[] results = new Object[COUNT];
		System.gc();
		long start = System.nanoTime();
		for (int i = 0; i < COUNT; i++) {
			results[i] = kind.call.apply(referents[i]);
		}
		double nanos = (System.nanoTime() - start) / (double) COUNT;
		Footprint.sink = List.of(referents, results);
		return nanos;
	}

	private enum Kind {

		JAVA("`new WeakReference`", WeakReference::new),

		WEAK_REF("this, `WeakRef.of`", WeakRef::of),

		IDENTITY("`System.identityHashCode` alone", System::identityHashCode);

		private final String label;

		private final Function<Object, Object> call;

		Kind(String label, Function<Object, Object> call) {
			this.label = label;
			this.call = call;
		}

	}

}
