package io.weakref.benchmark;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;

/**
 * Keys of three types, mixed, so that no call of {@code equals} or {@code hashCode} in a
 * table under test is monomorphic.
 */
final class Keys {

	static final long LOOKUP_ORDER = -1;

	private Keys() {
	}

	/**
	 * Create keys in an order that no table has.
	 * @param size how many
	 * @param from the number of the first one; keys of different numbers are unequal
	 * @return new instances on every call
	 */
	static Object[] shuffled(int size, int from) {
		Object[] keys = new Object[size];
		for (int i = 0; i < size; i++) {
			keys[i] = key(from + i);
		}
		return shuffle(keys, from);
	}

	/**
	 * Shuffle keys. Lookups in the order in which the entries were created would find them
	 * next to each other in memory, already fetched by the processor.
	 * @param keys the keys
	 * @param seed selects the order
	 * @return the array
	 */
	static Object[] shuffle(Object[] keys, long seed) {
		Collections.shuffle(Arrays.asList(keys), new Random(seed));
		return keys;
	}

	private static Object key(int number) {
		return switch (number % 3) {
			case 0 -> new TileId(number & 15, number >>> 4, number);
			case 1 -> "document-" + number;
			default -> Long.valueOf(number * 0x9E3779B97F4A7C15L);
		};
	}

	record TileId(int zoom, int x, int y) {
	}

}
