package io.weakref.collection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.weakref.GarbageCollection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random operations on a dictionary and on a model, a {@code HashMap} that holds both
 * sides. Now and then entries of the model are dropped and a garbage collection runs,
 * after which they must be gone from the dictionary. Every failure shows the seed;
 * {@code -Dweakref.model.seed} replays it, {@code -Dweakref.model.operations} sets the
 * number of operations.
 */
@Tag("slow")
class ModelTests {

	private static final int KEYS = 400;

	private final long seed = Long.getLong("weakref.model.seed", System.nanoTime());

	private final int operations = Integer.getInteger("weakref.model.operations", 120_000);

	private final Random random = new Random(this.seed);

	private final Map<Sample, Sample> model = new HashMap<>();

	@ParameterizedTest(name = "values {0}")
	@ValueSource(booleans = { true, false })
	void weakValueDictionaryBehavesAsTheModel(boolean colliding) {
		run(WeakValueDictionary.<Sample, Sample>builder().cleaner(WeakDictionaryContract.CLOSED).build(), colliding);
	}

	@ParameterizedTest(name = "held values {0}")
	@ValueSource(booleans = { true, false })
	void dictionaryThatHoldsValuesBehavesAsTheModel(boolean colliding) {
		run(WeakValueDictionary.<Sample, Sample>builder().holdFor(Duration.ofHours(1)).holdMax(200).build(), colliding);
	}

	@ParameterizedTest(name = "keys {0}")
	@ValueSource(booleans = { true, false })
	void weakKeyDictionaryBehavesAsTheModel(boolean colliding) {
		run(WeakKeyDictionary.<Sample, Sample>builder().cleaner(WeakDictionaryContract.CLOSED).build(), colliding);
	}

	private void run(WeakDictionary<Sample, Sample> map, boolean colliding) {
		System.out.println("weakref.model.seed=" + this.seed);
		for (int n = 0; n < this.operations; n++) {
			step(map, colliding, n);
			if (n % 10_000 == 9_999) {
				drop();
				if (map instanceof WeakValueDictionary<Sample, Sample> values) {
					values.releaseHeld();
				}
				GarbageCollection.collect();
				compare(map, n);
				if (this.random.nextBoolean()) {
					map.purge();
					assertThat(map.size()).as(place(n)).isEqualTo(this.model.size());
				}
			}
		}
	}

	private String place(int n) {
		return "operation %d, -Dweakref.model.seed=%d".formatted(n, this.seed);
	}

	private void step(WeakDictionary<Sample, Sample> map, boolean colliding, int n) {
		int number = this.random.nextInt(KEYS);
		Sample key = new Sample(number, colliding ? number % 7 : number * 0x9E3779B9);
		Sample value = new Sample(this.random.nextInt(5));
		Sample other = new Sample(this.random.nextInt(5));
		int operation = this.random.nextInt(18);
		Object expected = apply(this.model, operation, key, value, other);
		Object actual = apply(map, operation, key, value, other);
		if (operation == 17) {
			// The dictionary chooses the entry to remove.
			Map.Entry<Sample, Sample> polled = map.pollEntry();
			assertThat(polled == null).as(place(n)).isEqualTo(this.model.isEmpty());
			if (polled != null) {
				assertThat(this.model.remove(polled.getKey())).as(place(n)).isSameAs(polled.getValue());
			}
		}
		else if (!actual.equals(expected)) {
			assertThat(actual).as(place(n) + ", kind " + operation).isEqualTo(expected);
		}
	}

	private static Object apply(Map<Sample, Sample> map, int operation, Sample key, Sample value, Sample other) {
		return switch (operation) {
			case 0, 1, 2 -> String.valueOf(map.put(key, value));
			case 3 -> String.valueOf(map.putIfAbsent(key, value));
			case 4, 5 -> String.valueOf(map.remove(key));
			case 6 -> map.remove(key, value);
			case 7 -> String.valueOf(map.replace(key, value));
			case 8 -> map.replace(key, value, other);
			case 9 -> String.valueOf(map.computeIfAbsent(key, (k) -> (value.number == 0) ? null : value));
			case 10 -> String.valueOf(map.computeIfPresent(key, (k, old) -> (old.number == 0) ? null : value));
			case 11 -> String.valueOf(map.compute(key, (k, old) -> (old != null && old.number == 1) ? null : value));
			case 12 -> String.valueOf(map.merge(key, value, (old, given) -> (old.number == 2) ? null : given));
			case 13 -> map.containsKey(key);
			case 14 -> String.valueOf(map.getOrDefault(key, value));
			case 15 -> setFirst(map, key, value);
			case 16 -> removeByIterator(map, key);
			default -> "";
		};
	}

	private static boolean setFirst(Map<Sample, Sample> map, Sample key, Sample value) {
		if (value.number != 3) {
			return false;
		}
		for (Map.Entry<Sample, Sample> entry : map.entrySet()) {
			if (entry.getKey().equals(key)) {
				entry.setValue(value);
				return true;
			}
		}
		return false;
	}

	private static boolean removeByIterator(Map<Sample, Sample> map, Sample key) {
		if (key.number % 8 != 0) {
			return false;
		}
		for (Iterator<Sample> keys = map.keySet().iterator(); keys.hasNext();) {
			if (keys.next().equals(key)) {
				keys.remove();
				return true;
			}
		}
		return false;
	}

	private void drop() {
		List<Sample> keys = new ArrayList<>(this.model.keySet());
		for (Sample key : keys) {
			if (this.random.nextInt(3) != 0) {
				this.model.remove(key);
			}
		}
	}

	private void compare(WeakDictionary<Sample, Sample> map, int n) {
		assertThat(map.equals(this.model)).as(place(n)).isTrue();
		assertThat(map.liveCount()).as(place(n)).isEqualTo(this.model.size());
		Set<Sample> keys = new HashSet<>();
		for (Map.Entry<Sample, Sample> entry : map.entrySet()) {
			assertThat(this.model.get(entry.getKey())).as(place(n)).isSameAs(entry.getValue());
			assertThat(keys.add(entry.getKey())).as(place(n)).isTrue();
		}
		assertThat(keys).as(place(n)).hasSameSizeAs(this.model.keySet());
	}

}
