package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.CleanerInternals.Holder;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * A table whose keys all have the same hash. Keys and values are held forever: only
 * {@code die} clears references to them. Other entries fill the table so that the next insertion
 * makes it grow, or were removed so that the next purge makes it shrink. Its cleaner is
 * closed, so that no drain thread interferes.
 */
final class TableOperations {

	private static final int KEYS = 3;

	private static final int VALUES = 3;

	private static final long TICK = 250_000_000;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	/**
	 * A cleaner that is open, because values are not held after it was closed, but whose
	 * drain thread is kept busy.
	 */
	private static final WeakCleaner BUSY = WeakCleaner.builder().threadName("busy").build();

	private static final Holder BLOCKING = new BlockingHolder();

	private static final Sample[] keys = new Sample[KEYS];

	private static final Ordered[] orderedKeys = new Ordered[KEYS];

	private static final Sample[][] values = new Sample[KEYS][VALUES];

	private static final List<Sample> fillers = new ArrayList<>();

	static {
		CLOSED.close();
		CleanerInternals.hold(BUSY, BLOCKING, new WeakReference<>(BLOCKING));
		for (int key = 0; key < KEYS; key++) {
			keys[key] = new Sample(key, 1);
			orderedKeys[key] = new Ordered(key);
			for (int value = 0; value < VALUES; value++) {
				values[key][value] = new Sample(value);
			}
		}
		for (int i = 0; i < 60; i++) {
			fillers.add(new Sample(100 + i, (i % 4 == 0) ? 17 : 100 + i));
		}
	}

	private final WeakTable<Object, Sample> table;

	private final Object[] used;

	private final AtomicLong nanos = new AtomicLong();

	private TableOperations(boolean weakKeys, Object[] used) {
		this(weakKeys, used, CLOSED);
	}

	private TableOperations(boolean weakKeys, Object[] used, WeakCleaner cleaner) {
		this.table = new WeakTable<>("lincheck", weakKeys, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0, cleaner);
		this.used = used;
	}

	/** Create a table with a window that holds at most two values, for one tick. */
	static TableOperations holding(boolean shrinking) {
		TableOperations operations = new TableOperations(false, keys, BUSY);
		operations.table.hold(TICK, 2, operations.nanos::get, 1);
		operations.fill(shrinking ? 60 : 12);
		if (shrinking) {
			operations.empty();
		}
		return operations;
	}

	static TableOperations growing(boolean weakKeys) {
		TableOperations operations = new TableOperations(weakKeys, keys);
		operations.fill(12);
		return operations;
	}

	static TableOperations shrinking(boolean weakKeys) {
		TableOperations operations = new TableOperations(weakKeys, keys);
		operations.fill(60);
		operations.empty();
		return operations;
	}

	/** Create a table with so many keys with the same hash that they are ordered. */
	static TableOperations ordered(boolean shrinking) {
		TableOperations operations = new TableOperations(false, orderedKeys);
		for (int i = 0; i < 9; i++) {
			operations.table.put(new Ordered(10 + i), fillers.get(i), false);
		}
		operations.fill(shrinking ? 60 : 3);
		if (shrinking) {
			operations.empty();
		}
		return operations;
	}

	/** Create a table in which the next insertion orders the present keys. */
	static TableOperations barelyOrdered() {
		TableOperations operations = new TableOperations(false, orderedKeys);
		for (int i = 0; i < OrderedNodes.THRESHOLD; i++) {
			operations.table.put(new Ordered(10 + i), fillers.get(i), false);
		}
		return operations;
	}

	private void fill(int count) {
		for (Sample filler : fillers.subList(0, count)) {
			this.table.put(filler, filler, false);
		}
	}

	private void empty() {
		for (Sample filler : fillers) {
			this.table.replace(filler, null, null);
		}
	}

	private static @Nullable Integer number(@Nullable Sample value) {
		return (value != null) ? value.number : null;
	}

	@Nullable Integer get(int key) {
		return number(this.table.use(this.used[key]));
	}

	@Nullable Integer put(int key, int value) {
		return number(this.table.put(this.used[key], values[key][value], false));
	}

	@Nullable Integer putIfAbsent(int key, int value) {
		return number(this.table.put(this.used[key], values[key][value], true));
	}

	@Nullable Integer remove(int key) {
		return number(this.table.replace(this.used[key], null, null));
	}

	boolean replace(int key, int expected, int value) {
		return this.table.replace(this.used[key], values[key][expected], values[key][value]) != null;
	}

	@Nullable Integer computeIfAbsent(int key, int value) {
		return number(this.table.computeIfAbsent(this.used[key], (k) -> values[key][value]));
	}

	@Nullable Integer compute(int key, int value) {
		return number(this.table.compute(this.used[key], false,
				(k, old) -> Objects.equals(number(old), value) ? null : values[key][value]));
	}

	void purge() {
		this.table.purge();
	}

	void clear() {
		this.table.clear();
	}

	/** Do what the drain thread does after a tick. */
	void letGo() {
		this.nanos.addAndGet(TICK);
		window().step();
	}

	void letGoAll() {
		window().letGoAll();
	}

	private HoldWindow window() {
		return Objects.requireNonNull(this.table.hold());
	}

	/** Do what the garbage collector does to the entry of this value, if there is one. */
	void die(int key, int value) {
		this.table.forEachEntry(values[key][value], WeakReference::clear);
	}

	/**
	 * Do what the garbage collector does to the entry of this weak key, if there is one.
	 */
	void dieWithKey(int key) {
		this.table.forEachEntry(this.used[key], WeakReference::clear);
	}

	/** Keeps a drain thread from doing anything else. */
	private static final class BlockingHolder implements Holder {

		@Override
		public long letGo() {
			LockSupport.park(this);
			return 1;
		}

		@Override
		public void letGoAll() {
		}

	}

	/** Keys with the same hash that are comparable to each other. */
	private record Ordered(int number) implements Comparable<Ordered> {

		@Override
		public int compareTo(Ordered other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public int hashCode() {
			return 1;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Ordered that && this.number == that.number;
		}

	}

}
