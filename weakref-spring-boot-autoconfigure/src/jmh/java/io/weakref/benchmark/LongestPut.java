package io.weakref.benchmark;

/**
 * The longest of a million insertions into an empty table, including all of its growth.
 * Run by {@link Suite} in a separate JVM without garbage collections, so that no pause is
 * counted.
 */
final class LongestPut {

	private static final int ROUNDS = 4;

	private LongestPut() {
	}

	public static void main(String... args) {
		Contender contender = Contender.valueOf(args[0]);
		Object[] keys = Keys.shuffled(Suite.MILLION, 0);
		Object[] values = Suite.objects(Suite.MILLION);
		long longest = 0;
		// The last round counts: the others warm the JVM up.
		for (int round = 0; round < ROUNDS; round++) {
			Store store = contender.weakValues();
			longest = 0;
			for (int i = 0; i < Suite.MILLION; i++) {
				long start = System.nanoTime();
				store.put(keys[i], values[i]);
				longest = Math.max(longest, System.nanoTime() - start);
			}
			Footprint.sink = store;
		}
		Suite.print(contender, "ms of the longest put while a table grows to 1M", longest / 1e6);
	}

}
