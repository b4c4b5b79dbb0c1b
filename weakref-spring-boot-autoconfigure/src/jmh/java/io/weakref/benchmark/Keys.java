package io.weakref.benchmark;

import java.util.Random;

/**
 * Keys of three types, mixed, so that no call of {@code equals} or {@code hashCode} in a
 * table under test has one target.
 */
final class Keys {

	private static final long SEED = 42;

	private Keys() {
	}

	/**
	 * Make keys in an order that no table has.
	 * @param size how many
	 * @param from the number of the first one; keys of different numbers are unequal
	 * @return new instances on every call
	 */
	static Object[] shuffled(int size, int from) {
		Object[] keys = new Object[size];
		for (int i = 0; i < size; i++) {
			keys[i] = key(from + i);
		}
		Random random = new Random(SEED);
		for (int i = size - 1; i > 0; i--) {
			int j = random.nextInt(i + 1);
			Object key = keys[i];
			keys[i] = keys[j];
			keys[j] = key;
		}
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
