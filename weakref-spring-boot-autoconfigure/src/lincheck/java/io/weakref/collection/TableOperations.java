package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * A table whose keys all have one hash, with objects that are held for ever: nothing but
 * {@code die} kills them. Other entries fill it so that the next insertion makes it grow,
 * or have filled it so that the next purge makes it shrink. A closed cleaner keeps the
 * drain thread out.
 */
final class TableOperations {

	private static final int KEYS = 3;

	private static final int VALUES = 3;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	private static final Sample[] keys = new Sample[KEYS];

	private static final Sample[][] values = new Sample[KEYS][VALUES];

	private static final List<Sample> fillers = new ArrayList<>();

	static {
		CLOSED.close();
		for (int key = 0; key < KEYS; key++) {
			keys[key] = new Sample(key, 1);
			for (int value = 0; value < VALUES; value++) {
				values[key][value] = new Sample(value);
			}
		}
		for (int i = 0; i < 60; i++) {
			fillers.add(new Sample(100 + i, (i % 4 == 0) ? 17 : 100 + i));
		}
	}

	private final WeakTable<Sample, Sample> table;

	TableOperations(boolean weakKeys, boolean shrinking) {
		this.table = new WeakTable<>("lincheck", weakKeys, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0, CLOSED);
		for (Sample filler : fillers.subList(0, shrinking ? 60 : 12)) {
			this.table.put(filler, filler, false);
		}
		if (shrinking) {
			for (Sample filler : fillers) {
				this.table.replace(filler, null, null);
			}
		}
	}

	private static @Nullable Integer number(@Nullable Sample value) {
		return (value != null) ? value.number : null;
	}

	@Nullable Integer get(int key) {
		return number(this.table.get(keys[key]));
	}

	@Nullable Integer put(int key, int value) {
		return number(this.table.put(keys[key], values[key][value], false));
	}

	@Nullable Integer putIfAbsent(int key, int value) {
		return number(this.table.put(keys[key], values[key][value], true));
	}

	@Nullable Integer remove(int key) {
		return number(this.table.replace(keys[key], null, null));
	}

	boolean replace(int key, int expected, int value) {
		return this.table.replace(keys[key], values[key][expected], values[key][value]) != null;
	}

	@Nullable Integer computeIfAbsent(int key, int value) {
		return number(this.table.computeIfAbsent(keys[key], (k) -> values[key][value]));
	}

	@Nullable Integer compute(int key, int value) {
		return number(this.table.compute(keys[key], false,
				(k, old) -> Objects.equals(number(old), value) ? null : values[key][value]));
	}

	void purge() {
		this.table.purge();
	}

	/** What the collector does to the one entry of this value, if there is one. */
	void die(int key, int value) {
		this.table.forEachEntry(values[key][value], WeakReference::clear);
	}

	/** What the collector does to the one entry of this weak key, if there is one. */
	void dieWithKey(int key) {
		this.table.forEachEntry(keys[key], WeakReference::clear);
	}

}
