package io.weakref.benchmark;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.WeakRef;

/**
 * How much later a callback runs than a thread that waits on a plain reference queue is
 * notified of the same object: alone, with a table of a million live entries, and while
 * the same cleaner removes a million dead ones. The time that the JVM takes to enqueue the
 * references is not included, because both wait for that. Objects die one at a time, each
 * in its own young garbage collection. Run by {@link Group} in a separate JVM, with a
 * small young generation.
 */
final class CallbackDelays {

	private static final int WARMUP = 3;

	private static final int ROUNDS = 7;

	/** The number of probes in each round that has no other end. */
	private static final int PROBES = 20;

	private static final long PATIENCE_NANOS = 60_000_000_000L;

	private final ReferenceQueue<Object> queue = new ReferenceQueue<>();

	private final Object[] keys = Keys.shuffled(Suite.MILLION, 0);

	private CallbackDelays() {
		Thread thread = new Thread(this::listen, "plain-queue");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Measure.
	 * @param args none
	 */
	public static void main(String... args) {
		CallbackDelays delays = new CallbackDelays();
		for (Neighbour neighbour : Neighbour.values()) {
			List<Double> millis = new ArrayList<>();
			for (int round = -Figures.repeats(WARMUP); round < Figures.repeats(ROUNDS); round++) {
				List<Double> ofRound = delays.round(neighbour);
				if (round >= 0) {
					millis.addAll(ofRound);
				}
			}
			Figures.print("median, " + neighbour.label + ", ms", "this", ResultTable.median(millis));
			Figures.print("longest, " + neighbour.label + ", ms", "this",
					millis.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
			Figures.print("callbacks, " + neighbour.label, "this", millis.size());
		}
	}

	private List<Double> round(Neighbour neighbour) {
		List<Double> millis = new ArrayList<>();
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("delays").build()) {
			WeakValueDictionary<Object, Object> dictionary = WeakValueDictionary.builder().cleaner(cleaner).build();
			Footprint.sink = (neighbour != Neighbour.NONE) ? fill(dictionary) : null;
			System.gc();
			if (neighbour == Neighbour.DEAD) {
				Footprint.sink = null;
				System.gc();
				do {
					millis.add(probe(cleaner));
				}
				while (dictionary.size() > 0);
			}
			else {
				for (int i = 0; i < PROBES; i++) {
					millis.add(probe(cleaner));
				}
			}
		}
		return millis;
	}

	/** In a method of its own, so that no variable of the caller holds a value. */
	private Object fill(WeakValueDictionary<Object, Object> dictionary) {
		Object[] values = Suite.objects(this.keys.length);
		for (int i = 0; i < this.keys.length; i++) {
			dictionary.put(this.keys[i], values[i]);
		}
		return values;
	}

	/**
	 * Let one object die, and return by how much its callback came later, in milliseconds.
	 */
	private double probe(WeakCleaner cleaner) {
		Probe probe = new Probe();
		Object registered = register(probe, cleaner);
		Filling.collectYoung();
		long start = System.nanoTime();
		while (probe.heard == 0 || probe.calledBack == 0) {
			if (System.nanoTime() - start > PATIENCE_NANOS) {
				throw new IllegalStateException("The callback never ran");
			}
			LockSupport.parkNanos(100_000);
		}
		Reference.reachabilityFence(registered);
		return Math.max(0, probe.calledBack - probe.heard) / 1e6;
	}

	/** In a method of its own, so that no variable of the caller holds the referent. */
	private Object register(Probe probe, WeakCleaner cleaner) {
		Object referent = new Object();
		return List.of(WeakRef.of(referent, probe, cleaner), new Plain(referent, this.queue, probe));
	}

	private void listen() {
		try {
			while (true) {
				((Plain) this.queue.remove()).probe.heard = System.nanoTime();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private enum Neighbour {

		NONE("alone"), LIVE("beside 1M live entries"), DEAD("while 1M dead ones are removed");

		private final String label;

		Neighbour(String label) {
			this.label = label;
		}

	}

	private static final class Probe implements Registrar.Action {

		private volatile long heard;

		private volatile long calledBack;

		@Override
		public void run() {
			this.calledBack = System.nanoTime();
		}

	}

	private static final class Plain extends WeakReference<Object> {

		private final Probe probe;

		Plain(Object referent, ReferenceQueue<Object> queue, Probe probe) {
			super(referent, queue);
			this.probe = probe;
		}

	}

}
