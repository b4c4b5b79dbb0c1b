package io.weakref.collection;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Run in a separate JVM with a small heap: threads put, look up, replace, compute,
 * iterate and drop while garbage is collected. A thread must find what it holds, every
 * value that it finds must belong to the key, and once everything is dropped the tables
 * must become empty and small again by the work of the cleaner alone. Argument: the
 * number of seconds.
 */
final class CollectionStress {

	private static final int THREADS = 4;

	private static final int SHARED = 512;

	private static final int OWN = 8192;

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("stress").build();

	private final WeakValueDictionary<Sample, Payload> values = WeakValueDictionary.<Sample, Payload>builder()
		.cleaner(this.cleaner)
		.build();

	/** Holds values for so short a time that most are let go while they are in use. */
	private final WeakValueDictionary<Sample, Payload> holding = WeakValueDictionary.<Sample, Payload>builder()
		.cleaner(this.cleaner)
		.holdFor(Duration.ofMillis(1))
		.holdMax(OWN)
		.build();

	private final WeakKeyDictionary<Sample, Payload> keys = WeakKeyDictionary.<Sample, Payload>builder()
		.cleaner(this.cleaner)
		.build();

	private final WeakSet<Sample> set = WeakSet.<Sample>builder().cleaner(this.cleaner).build();

	private final AtomicLong operations = new AtomicLong();

	private final List<Throwable> failures = new ArrayList<>();

	private volatile boolean stopped;

	private CollectionStress() {
	}

	public static void main(String[] args) throws Exception {
		new CollectionStress().run(Integer.parseInt(args[0]));
	}

	private void run(int seconds) throws Exception {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			Thread thread = new Thread(new Worker(i));
			threads.add(thread);
			thread.start();
		}
		long end = System.nanoTime() + seconds * 1_000_000_000L;
		while (System.nanoTime() - end < 0 && !this.stopped) {
			threads.get(0).join(100);
		}
		this.stopped = true;
		for (Thread thread : threads) {
			thread.join();
		}
		threads.clear();
		if (!this.failures.isEmpty()) {
			throw new AssertionError(this.failures.get(0));
		}
		long purged = this.cleaner.stats().purged();
		try {
			GarbageCollection.until(() -> size() == 0);
			// On a busy machine the cleaner may take long to shrink the tables.
			this.cleaner.purge();
			GarbageCollection.await(this::areSmall);
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError("Left: %d, %d, %d, %d entries; tables are small: %s".formatted(this.values.size(),
					this.holding.size(), this.keys.size(), this.set.size(), areSmall()), ex);
		}
		check(this.values.liveCount() == 0 && this.holding.liveCount() == 0 && this.keys.liveCount() == 0
				&& this.set.isEmpty(), "not empty");
		check(this.holding.holdStats().releasedByTime() > 0, "nothing was held");
		System.out.println("operations=" + this.operations + " purged=" + purged);
	}

	private int size() {
		return this.values.size() + this.holding.size() + this.keys.size() + this.set.size();
	}

	/** Whether each table has as many bins as an empty one. */
	private boolean areSmall() {
		try {
			for (Object collection : new Object[] { this.values, this.holding, this.keys, this.set }) {
				Class<?> type = (collection instanceof WeakSet) ? WeakSet.class : WeakDictionary.class;
				Field field = type.getDeclaredField("table");
				field.setAccessible(true);
				if (((WeakTable<?, ?>) field.get(collection)).bins() != WeakTable.DEFAULT_BINS) {
					return false;
				}
			}
			return true;
		}
		catch (ReflectiveOperationException ex) {
			throw new LinkageError(ex.getMessage(), ex);
		}
	}

	private static void check(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError(what);
		}
	}

	private static Sample key(int number) {
		// The hash codes of some collide.
		return new Sample(number, (number % 16 == 0) ? number & 0xff : number * 0x9E3779B9);
	}

	/** A value that knows its key. */
	private static final class Payload {

		private final int number;

		private final byte[] bytes = new byte[48];

		Payload(int number) {
			this.number = number;
			this.bytes[0] = (byte) number;
		}

		boolean isOf(int number) {
			return this.number == number && this.bytes[0] == (byte) number;
		}

	}

	/** A worker that holds some entries of its own and shares others. */
	private final class Worker implements Runnable {

		private final int first;

		private final SplittableRandom random;

		private volatile @Nullable Sample heldKey;

		private final @Nullable Payload[] heldValues = new @Nullable Payload[OWN];

		private final @Nullable Payload[] valuesOfHolding = new @Nullable Payload[OWN];

		private final @Nullable Sample[] heldKeys = new @Nullable Sample[OWN];

		private final @Nullable Payload[] valuesOfKeys = new @Nullable Payload[OWN];

		private final @Nullable Sample[] heldElements = new @Nullable Sample[OWN];

		Worker(int thread) {
			this.first = SHARED + thread * OWN;
			this.random = new SplittableRandom(thread);
		}

		@Override
		public void run() {
			try {
				int slots = OWN;
				for (int n = 1; !CollectionStress.this.stopped; n++) {
					int slot = this.random.nextInt(slots);
					value(CollectionStress.this.values, this.heldValues, slot);
					value(CollectionStress.this.holding, this.valuesOfHolding, slot);
					key(slot);
					element(slot);
					shared(this.random.nextInt(SHARED));
					if (n % 20_000 == 0) {
						walk();
					}
					if (n % 60_000 == 0) {
						// The number of entries varies.
						slots = (slots == OWN) ? 64 : OWN;
						Arrays.fill(this.heldValues, null);
						Arrays.fill(this.valuesOfHolding, null);
						Arrays.fill(this.heldKeys, null);
						Arrays.fill(this.valuesOfKeys, null);
						Arrays.fill(this.heldElements, null);
					}
					if (n % 1000 == 0) {
						CollectionStress.this.operations.addAndGet(8_000);
					}
				}
			}
			catch (Throwable ex) {
				synchronized (CollectionStress.this.failures) {
					CollectionStress.this.failures.add(ex);
				}
				CollectionStress.this.stopped = true;
			}
		}

		private void value(WeakValueDictionary<Sample, Payload> map, @Nullable Payload[] values, int slot) {
			int number = this.first + slot;
			Sample key = CollectionStress.key(number);
			Payload held = values[slot];
			if (held == null) {
				Payload found = map.get(key);
				check(found == null || found.isOf(number), "foreign value");
				Payload fresh = this.random.nextBoolean() ? map.computeIfAbsent(key, (k) -> new Payload(number))
						: new Payload(number);
				check(fresh != null && fresh.isOf(number), "computeIfAbsent returned null or a foreign value");
				Payload previous = map.put(key, fresh);
				check(previous == null || previous.isOf(number), "foreign previous value");
				values[slot] = fresh;
				return;
			}
			check(map.get(key) == held, "live value missed");
			switch (this.random.nextInt(8)) {
				case 0 -> {
					Payload next = new Payload(number);
					check(map.put(key, next) == held, "live value not returned by put");
					values[slot] = next;
				}
				case 1 -> {
					check(map.remove(key) == held, "live value not removed");
					check(map.get(key) == null, "removed value found");
					values[slot] = null;
				}
				case 2 -> values[slot] = null;
				case 3 -> {
					Payload next = new Payload(number);
					check(map.compute(key, (k, old) -> (old == held) ? next : null) == next, "live value not computed");
					values[slot] = next;
				}
				case 4 -> check(map.computeIfAbsent(key, (k) -> new Payload(-1)) == held, "live value computed again");
				default -> check(map.putIfAbsent(key, new Payload(-1)) == held, "live value not seen by putIfAbsent");
			}
		}

		private void key(int slot) {
			WeakKeyDictionary<Sample, Payload> map = CollectionStress.this.keys;
			int number = this.first + slot;
			Sample equal = CollectionStress.key(number);
			Sample held = this.heldKeys[slot];
			Payload value = this.valuesOfKeys[slot];
			if (held == null) {
				Payload found = map.get(equal);
				check(found == null || found.isOf(number), "foreign value");
				map.remove(equal);
				Payload fresh = new Payload(number);
				check(map.put(equal, fresh) == null, "a removed key has a value");
				this.heldKeys[slot] = equal;
				this.valuesOfKeys[slot] = fresh;
				return;
			}
			check(map.get(equal) == value, "live key missed");
			switch (this.random.nextInt(8)) {
				case 0 -> {
					Payload next = new Payload(number);
					check(map.put(equal, next) == value, "value of a live key not returned by put");
					this.valuesOfKeys[slot] = next;
				}
				case 1 -> {
					check(map.remove(equal) == value, "live key not removed");
					this.heldKeys[slot] = null;
				}
				case 2 -> this.heldKeys[slot] = null;
				case 3 -> {
					Payload next = new Payload(number);
					check(map.merge(equal, next, (old, given) -> given) == next, "live key not merged");
					this.valuesOfKeys[slot] = next;
				}
				default ->
					check(map.computeIfAbsent(equal, (k) -> new Payload(-1)) == value, "live key computed again");
			}
		}

		private void element(int slot) {
			WeakSet<Sample> set = CollectionStress.this.set;
			Sample equal = CollectionStress.key(this.first + slot);
			Sample held = this.heldElements[slot];
			if (held == null) {
				set.remove(equal);
				check(set.add(equal), "a removed element is still present");
				this.heldElements[slot] = equal;
				return;
			}
			check(set.contains(equal), "live element missed");
			switch (this.random.nextInt(6)) {
				case 0 -> {
					check(set.remove(equal), "live element not removed");
					this.heldElements[slot] = null;
				}
				case 1 -> this.heldElements[slot] = null;
				default -> check(!set.add(equal), "live element added again");
			}
		}

		/**
		 * No thread removes these entries: while a value is held, its key has no other
		 * value.
		 */
		private void shared(int number) {
			Sample key = CollectionStress.key(number);
			this.heldKey = key;
			Payload value = CollectionStress.this.values.computeIfAbsent(key, (k) -> new Payload(number));
			check(value != null && value.isOf(number), "computeIfAbsent returned null or a foreign value");
			check(CollectionStress.this.values.computeIfAbsent(key, (k) -> new Payload(number)) == value,
					"computed twice");
			check(CollectionStress.this.values.get(key) == value, "shared value missed");
			boolean[] mine = new boolean[1];
			Payload data = CollectionStress.this.keys.computeIfAbsent(key, (k) -> {
				mine[0] = true;
				return new Payload(number);
			});
			check(data != null && data.isOf(number), "computeIfAbsent returned null or a foreign value");
			check(!mine[0] || CollectionStress.this.keys.get(CollectionStress.key(number)) == data, "computed twice");
			check(key.equals(this.heldKey), "another key held");
		}

		private void walk() {
			Set<Integer> seen = new HashSet<>();
			for (Map.Entry<Sample, Payload> entry : CollectionStress.this.values.entrySet()) {
				int number = entry.getKey().number;
				check(entry.getValue().isOf(number), "foreign value in an iteration");
				check(seen.add(number), "shown twice");
			}
			for (int slot = 0; slot < OWN; slot++) {
				check(this.heldValues[slot] == null || seen.contains(this.first + slot), "live value not shown");
			}
			seen.clear();
			for (Sample key : CollectionStress.this.keys.keySet()) {
				check(key != null && seen.add(key.number), "null or shown twice");
			}
			for (int slot = 0; slot < OWN; slot++) {
				check(this.heldKeys[slot] == null || seen.contains(this.first + slot), "live key not shown");
			}
			CollectionStress.this.set.forEach((element) -> check(element != null, "null in an iteration"));
		}

	}

}
