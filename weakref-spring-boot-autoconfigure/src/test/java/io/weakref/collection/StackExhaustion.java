package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;

/**
 * Run in a separate JVM, interpreted or compiled: makes each call at every depth down to
 * the last frame of the stack, so that a stack overflow happens at every method call
 * inside it. Checks each time that no key stays reserved, that no entry is lost or not
 * counted, and that the table still grows and shrinks.
 */
final class StackExhaustion {

	/**
	 * A dozen colliding keys are in a chain, or are ordered if they are comparable.
	 */
	private static final int KEYS = 12;

	private static final int KINDS = 11;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	private final List<Object> held = new ArrayList<>();

	private final WeakDictionary<Object, Object> map;

	private final boolean comparable;

	private final Random random = new Random(1);

	private int next = 1000;

	private int padding;

	private StackExhaustion(WeakDictionary<Object, Object> map, boolean comparable) {
		this.map = map;
		this.comparable = comparable;
	}

	public static void main(String[] args) throws Exception {
		CLOSED.close();
		int rounds = Integer.parseInt(System.getProperty("rounds", "60"));
		List<StackExhaustion> tests = List.of(
				new StackExhaustion(WeakValueDictionary.builder().cleaner(CLOSED).build(), false),
				new StackExhaustion(WeakKeyDictionary.builder().cleaner(CLOSED).build(), false),
				new StackExhaustion(WeakValueDictionary.builder().cleaner(CLOSED).build(), true), new StackExhaustion(
						WeakValueDictionary.builder().holdFor(Duration.ofHours(1)).holdMax(50).build(), false));
		for (StackExhaustion test : tests) {
			test.warmUp();
			for (int round = 0; round < rounds; round++) {
				test.round(round);
			}
		}
		System.out.println("survived");
	}

	/** A class whose initialization runs out of stack would be unusable forever. */
	private void warmUp() throws Exception {
		for (int i = 0; i < 200; i++) {
			call(i);
			this.held.clear();
		}
		this.map.clear();
		check();
	}

	private void round(int round) throws Exception {
		this.padding = round % 7;
		int kind = round % KINDS;
		Thread thread = new Thread(null, () -> {
			try {
				descend(kind, this.padding);
			}
			catch (StackOverflowError expected) {
				// This is the purpose of the test.
			}
		}, "deep", Integer.getInteger("stack", 256) * 1024);
		thread.start();
		thread.join(60_000);
		if (thread.isAlive()) {
			throw new AssertionError("Call " + kind + " hangs in " + thread.getStackTrace()[0]);
		}
		check();
		this.held.clear();
		this.map.clear();
		check();
	}

	/** Frames of a different size make the stack end at a different call. */
	private int descend(int kind, int padding) {
		call(kind);
		return switch (padding) {
			case 0 -> descend(kind, padding) + 1;
			case 1, 2 -> deeper(kind, padding, 1L, 2L) + 2;
			default -> deepest(kind, padding, 1L, 2L, 3L, 4L, 5L) + 3;
		};
	}

	private int deeper(int kind, int padding, long first, long second) {
		call(kind);
		return descend(kind, padding) + (int) (first + second);
	}

	private int deepest(int kind, int padding, long a, long b, long c, long d, long e) {
		call(kind);
		return descend(kind, padding) + (int) (a + b + c + d + e);
	}

	private Object key(int number) {
		// The few keys that were there before have one hash code.
		Object key = this.comparable ? new Ordered(number) : new Sample(number, (number < 4 * KEYS) ? 4 : number);
		this.held.add(key);
		return key;
	}

	private Object value() {
		Object value = new Object();
		this.held.add(value);
		return value;
	}

	private void call(int kind) {
		Object fresh = key(this.next++);
		Object old = key(this.random.nextInt(KEYS) * 4);
		Object value = value();
		switch (kind % KINDS) {
			case 0 -> this.map.put(fresh, value);
			case 1 -> this.map.put(old, value);
			case 2 -> this.map.computeIfAbsent(fresh, (key) -> value);
			case 3 -> this.map.compute(old, (key, present) -> value);
			case 4 -> this.map.merge(old, value, (present, given) -> (present == given) ? present : null);
			case 5 -> this.map.remove(old);
			case 6 -> {
				this.map.putIfAbsent(fresh, value);
				this.map.replace(old, value);
				this.map.keySet().iterator().next();
			}
			case 7 -> {
				this.map.put(fresh, value);
				if (this.next % 512 == 0) {
					this.map.clear();
				}
			}
			case 8 -> {
				Object entry = this.map.put(old, value);
				CleanerInternals.forEachEntry((entry != null) ? entry : value, WeakReference::clear);
				this.map.purge();
			}
			case 9 -> {
				Object entry = this.map.put(old, value);
				CleanerInternals.forEachEntry((entry != null) ? entry : value, WeakReference::clear);
				this.map.computeIfAbsent(old, (key) -> value());
			}
			default -> {
				this.map.put(old, value);
				this.map.entrySet().removeIf((entry) -> entry.getKey().hashCode() % 2 == 0);
			}
		}
	}

	/** Checks in another thread, so that a key that is still reserved is noticed. */
	private void check() throws Exception {
		inTime("size", () -> {
			this.map.purge();
			int size = this.map.size();
			Map<Object, Object> seen = new HashMap<>(this.map);
			if (size != seen.size() || size != this.map.liveCount()) {
				throw new AssertionError("size " + size + ", seen " + seen.size() + ", live " + this.map.liveCount());
			}
			seen.forEach((key, value) -> {
				if (this.map.get(key) != value) {
					throw new AssertionError("lost " + key);
				}
			});
			return null;
		});
		inTime("every key", () -> {
			for (Object each : new ArrayList<>(this.held)) {
				if (each.getClass() != Object.class && each.hashCode() < 1000) {
					Object value = new Object();
					if (this.map.compute(each, (key, old) -> value) != value || this.map.remove(each) != value) {
						throw new AssertionError("unusable " + each);
					}
				}
			}
			return null;
		});
		inTime("growth", () -> {
			List<Object> keys = new ArrayList<>();
			int grown = Math.max(200, this.map.size());
			Object value = new Object();
			for (int i = 0; i < grown; i++) {
				Object key = key(10_000_000 + i * 4 + 1);
				keys.add(key);
				this.map.put(key, value);
			}
			for (Object key : keys) {
				if (this.map.get(key) != value || this.map.remove(key) != value) {
					throw new AssertionError("lost " + key);
				}
			}
			this.map.purge();
			return null;
		});
	}

	private static void inTime(String what, Callable<?> check) throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task, "check");
			thread.setDaemon(true);
			return thread;
		});
		try {
			executor.submit(check).get(60, TimeUnit.SECONDS);
		}
		finally {
			executor.shutdownNow();
		}
	}

	/** Collides with every other of the same residue, and is comparable. */
	private static final class Ordered implements Comparable<Ordered> {

		private final int number;

		Ordered(int number) {
			this.number = number;
		}

		@Override
		public int compareTo(Ordered other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Ordered that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return this.number % 4;
		}

		@Override
		public String toString() {
			return "ordered" + this.number;
		}

	}

}
