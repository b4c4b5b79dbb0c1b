package io.weakref.retention;

import java.util.Arrays;

/**
 * A map from long to long without an object for each entry. Not safe for use by several
 * threads.
 */
final class LongTable {

	/** Returned by {@link #get} for a missing key, so it cannot be stored as a value. */
	static final long ABSENT = -1;

	private long[] keys = new long[64];

	private long[] values = new long[64];

	private int size;

	LongTable() {
		Arrays.fill(this.values, ABSENT);
	}

	long get(long key) {
		int mask = this.keys.length - 1;
		int i = slot(key, mask);
		while (this.values[i] != ABSENT) {
			if (this.keys[i] == key) {
				return this.values[i];
			}
			i = (i + 1) & mask;
		}
		return ABSENT;
	}

	void put(long key, long value) {
		if (this.size >= this.keys.length / 3 * 2) {
			grow();
		}
		insert(key, value);
	}

	int size() {
		return this.size;
	}

	private void insert(long key, long value) {
		int mask = this.keys.length - 1;
		int i = slot(key, mask);
		while (this.values[i] != ABSENT && this.keys[i] != key) {
			i = (i + 1) & mask;
		}
		if (this.values[i] == ABSENT) {
			this.size++;
		}
		this.keys[i] = key;
		this.values[i] = value;
	}

	private void grow() {
		long[] oldKeys = this.keys;
		long[] oldValues = this.values;
		this.keys = new long[oldKeys.length * 2];
		this.values = new long[oldKeys.length * 2];
		Arrays.fill(this.values, ABSENT);
		this.size = 0;
		for (int i = 0; i < oldKeys.length; i++) {
			if (oldValues[i] != ABSENT) {
				insert(oldKeys[i], oldValues[i]);
			}
		}
	}

	private static int slot(long key, int mask) {
		return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
	}

}
