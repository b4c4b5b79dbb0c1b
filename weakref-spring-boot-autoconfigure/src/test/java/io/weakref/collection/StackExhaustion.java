package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.weakref.EndOfStack;
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

	/** More levels than the longest call has frames. */
	private static final int LAST_LEVELS = 50;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	private static final ExecutorService CHECKS = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "check");
		thread.setDaemon(true);
		return thread;
	});

	private final List<Object> held = new ArrayList<>();

	private final WeakDictionary<Object, Object> map;

	private final boolean comparable;

	private final Random random = new Random(1);

	private int next = 1000;

	private StackExhaustion(WeakDictionary<Object, Object> map, boolean comparable) {
		this.map = map;
		this.comparable = comparable;
	}

	public static void main(String[] args) throws Exception {
		CLOSED.close();
		int rounds = Integer.getInteger("rounds", 10);
		List<StackExhaustion> tests = List.of(
				new StackExhaustion(WeakValueDictionary.builder().cleaner(CLOSED).build(), false),
				new StackExhaustion(WeakKeyDictionary.builder().cleaner(CLOSED).build(), false),
				new StackExhaustion(WeakValueDictionary.builder().cleaner(CLOSED).build(), true), new StackExhaustion(
						WeakValueDictionary.builder().holdFor(Duration.ofHours(1)).holdMax(50).build(), false));
		for (StackExhaustion test : tests) {
			test.warmUp();
			for (int round = 0; round < rounds; round++) {
				for (Kind kind : Kind.values()) {
					test.round(kind, round);
				}
			}
		}
		System.out.println("survived");
	}

	/** A class whose initialization runs out of stack would be unusable forever. */
	private void warmUp() throws Exception {
		contend();
		for (int i = 0; i < 20; i++) {
			for (Kind kind : Kind.values()) {
				call(kind);
			}
			this.held.clear();
		}
		this.map.clear();
		check();
	}

	/**
	 * Let the table count as it does once threads have contended. Counting then makes
	 * deeper calls than storing, so there are stacks that end in between.
	 */
	private void contend() throws ReflectiveOperationException {
		Field linked = WeakTable.class.getDeclaredField("linked");
		linked.setAccessible(true);
		Method contended = EntryCounter.class.getDeclaredMethod("contended");
		contended.setAccessible(true);
		contended.invoke(linked.get(this.map.table()));
	}

	private void round(Kind kind, int padding) throws Exception {
		Thread thread = new Thread(null,
				() -> EndOfStack.meet(() -> call(kind), LAST_LEVELS, padding % EndOfStack.PADDINGS), "deep",
				Integer.getInteger("stack", 256) * 1024);
		thread.setDaemon(true);
		thread.start();
		thread.join(30_000);
		if (thread.isAlive()) {
			throw new AssertionError(kind + " hangs in " + thread.getStackTrace()[0]);
		}
		try {
			check();
			this.held.clear();
			this.map.clear();
			check();
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError(kind + " with padding " + padding, ex);
		}
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

	private void call(Kind kind) {
		Object fresh = key(this.next++);
		Object old = key(this.random.nextInt(KEYS) * 4);
		Object value = value();
		switch (kind) {
			case PUT_NEW -> this.map.put(fresh, value);
			case PUT -> this.map.put(old, value);
			case PUT_IF_ABSENT -> this.map.putIfAbsent(old, value);
			case COMPUTE_IF_ABSENT -> this.map.computeIfAbsent(fresh, (key) -> value);
			case COMPUTE_IF_PRESENT -> {
				this.map.put(old, value);
				this.map.computeIfPresent(old, (key, present) -> (key.hashCode() % 3 == 0) ? null : value());
			}
			case COMPUTE -> this.map.compute(old, (key, present) -> value);
			case MERGE -> this.map.merge(old, value, (present, given) -> (present == given) ? present : null);
			case REPLACE -> {
				this.map.put(fresh, value);
				this.map.replace(fresh, value());
				this.map.replace(fresh, value, value());
			}
			case REMOVE -> {
				this.map.put(old, value);
				this.map.remove(old);
			}
			case REMOVE_VALUE -> {
				this.map.put(old, value);
				this.map.remove(old, value);
			}
			case REMOVE_BY_ITERATOR -> {
				this.map.put(fresh, value);
				Iterator<Object> keys = this.map.keySet().iterator();
				keys.next();
				keys.remove();
			}
			case REMOVE_IF -> {
				this.map.put(old, value);
				this.map.entrySet().removeIf((entry) -> entry.getKey().hashCode() % 2 == 0);
			}
			case SET_BY_ITERATOR -> {
				this.map.put(old, value);
				this.map.entrySet().iterator().next().setValue(value());
			}
			case REPLACE_ALL -> {
				this.map.put(old, value);
				this.map.replaceAll((key, present) -> value());
			}
			case POLL -> {
				this.map.put(old, value);
				this.map.put(fresh, value);
				this.map.pollEntry();
			}
			case GROW -> {
				for (int i = 0; i < 12; i++) {
					this.map.put(key(this.next++), value);
				}
				if (this.map.size() > 100) {
					this.map.clear();
				}
			}
			case CLEAR -> {
				this.map.put(fresh, value);
				if (this.next % 8 == 0) {
					this.map.clear();
				}
			}
			case PURGE_DEAD -> {
				this.map.put(old, value);
				kill(old, value);
				this.map.purge();
			}
			case PUT_ON_DEAD -> {
				this.map.put(old, value);
				kill(old, value);
				this.map.put(old, value());
			}
			case COMPUTE_ON_DEAD -> {
				this.map.put(old, value);
				kill(old, value);
				this.map.compute(old, (key, present) -> value());
			}
			case COMPUTE_IF_ABSENT_ON_DEAD -> {
				this.map.put(old, value);
				kill(old, value);
				this.map.computeIfAbsent(old, (key) -> value());
			}
		}
	}

	/** Let an entry die, whichever side of it is weak. */
	private static void kill(Object key, Object value) {
		CleanerInternals.forEachEntry(key, WeakReference::clear);
		CleanerInternals.forEachEntry(value, WeakReference::clear);
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
			checkBins();
			for (Object key : keys) {
				if (this.map.get(key) != value || this.map.remove(key) != value) {
					throw new AssertionError("lost " + key);
				}
			}
			checkBins();
			return null;
		});
	}

	/** There are at least two bins per entry, and not many more than those. */
	private void checkBins() {
		this.map.purge();
		int bins = this.map.table().bins();
		int size = this.map.size();
		if (bins < 2 * size || bins > 64 + 24 * size) {
			throw new AssertionError(bins + " bins for " + size + " entries");
		}
	}

	private static void inTime(String what, Callable<?> check) throws Exception {
		try {
			CHECKS.submit(check).get(30, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError(what + " hangs", ex);
		}
	}

	private enum Kind {

		PUT_NEW, PUT, PUT_IF_ABSENT, COMPUTE_IF_ABSENT, COMPUTE_IF_PRESENT, COMPUTE, MERGE, REPLACE, REMOVE,
		REMOVE_VALUE, REMOVE_BY_ITERATOR, REMOVE_IF, SET_BY_ITERATOR, REPLACE_ALL, POLL, GROW, CLEAR, PURGE_DEAD,
		PUT_ON_DEAD, COMPUTE_ON_DEAD, COMPUTE_IF_ABSENT_ON_DEAD

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
