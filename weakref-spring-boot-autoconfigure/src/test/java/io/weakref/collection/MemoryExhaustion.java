package io.weakref.collection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Run in a JVM with a small heap: makes memory run out first when tables allocate larger
 * arrays, then anywhere in a call, and checks the dictionaries each time.
 */
final class MemoryExhaustion {

	/** How many entries 262,144 bins hold: with one more they need an array of 2 MB. */
	private static final int FULL = 131_072;

	private static final int CHUNK = 64 * 1024;

	private MemoryExhaustion() {
	}

	public static void main(String[] args) {
		boolean refused = exhaust(WeakValueDictionary.builder().build());
		refused |= exhaust(WeakKeyDictionary.builder().build());
		if (!refused) {
			throw new AssertionError("No array was refused");
		}
		System.out.println("survived");
	}

	/** Return whether a table continued with an array that was too small for it. */
	private static boolean exhaust(WeakDictionary<Object, Object> map) {
		Map<Sample, Sample> stored = new HashMap<>(1 << 18);
		int next = 0;
		while (next < FULL - 1000) {
			put(map, stored, next++);
		}
		call(map, stored);
		// Fill the heap, and give back much less than an array of the next size needs.
		List<byte[]> ballast = new ArrayList<>(1 << 16);
		fill(ballast);
		ballast.subList(0, 12).clear();
		int failures = 0;
		try {
			while (next < FULL + 12_000) {
				put(map, stored, next++);
			}
		}
		catch (OutOfMemoryError expected) {
			failures++;
		}
		boolean refused = stored.size() > FULL + 512;
		fill(ballast);
		for (int i = 0; i < 20; i++) {
			try {
				put(map, stored, next + i);
				call(map, stored);
			}
			catch (OutOfMemoryError expected) {
				failures++;
			}
		}
		ballast.clear();
		if (failures == 0) {
			throw new AssertionError("No call ran out of memory");
		}
		check(map, stored);
		next += 1000;
		for (int i = 0; i < 20_000; i++) {
			put(map, stored, next + i);
		}
		check(map, stored);
		map.clear();
		if (map.size() != 0) {
			throw new AssertionError("size " + map.size() + " after clear()");
		}
		return refused;
	}

	/**
	 * Called once before memory runs out: linking a lambda without memory throws an
	 * InternalError.
	 */
	private static void call(WeakDictionary<Object, Object> map, Map<Sample, Sample> stored) {
		map.computeIfAbsent(stored.keySet().iterator().next(), (key) -> new Sample(0));
		map.remove(new Sample(-1));
	}

	private static void put(WeakDictionary<Object, Object> map, Map<Sample, Sample> stored, int number) {
		Sample key = new Sample(number);
		Sample value = new Sample(-number);
		map.put(key, value);
		stored.put(key, value);
	}

	private static void fill(List<byte[]> ballast) {
		try {
			while (true) {
				ballast.add(new byte[CHUNK]);
			}
		}
		catch (OutOfMemoryError full) {
			// This is the purpose of the test.
		}
	}

	private static void check(WeakDictionary<Object, Object> map, Map<Sample, Sample> stored) {
		for (Map.Entry<Sample, Sample> entry : stored.entrySet()) {
			if (map.get(entry.getKey()) != entry.getValue()) {
				throw new AssertionError(entry.getKey() + " is " + map.get(entry.getKey()));
			}
		}
		map.purge();
		int extra = map.size() - stored.size();
		// A call that failed may have stored its argument before it failed.
		if (extra < 0 || extra > 21 || map.size() != map.liveCount()) {
			throw new AssertionError(
					map.size() + " counted, " + map.liveCount() + " live, " + stored.size() + " stored");
		}
	}

}
