package io.weakref.collection;

import java.util.ArrayList;
import java.util.List;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakTable#clear()} while the table is resized: the bins of the array
 * with which it began are cleared one by one, after the table has changed.
 */
class ClearTests {

	/** All in one bin of the smallest table, and in different bins of a larger one. */
	private static final List<Integer> KEYS = List.of(1, 17, 33, 49);

	private final List<Object> held = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(ints = { 1, 17, 33, 49 })
	void clearingOneBinOfALargerArrayKeepsTheOtherEntriesOfTheBin(int cleared) {
		WeakTable<Integer, Object> table = table();
		@Nullable Node[] larger = grow(table);
		table.purge();
		assertThat(table.bins()).isEqualTo(WeakTable.DEFAULT_BINS);
		KEYS.forEach((key) -> table.put(key, value(), false));
		table.clearBin(larger, larger.length - 1, cleared);
		for (int key : KEYS) {
			assertThat(table.get(key) != null).as("%d stays", key).isEqualTo(key != cleared);
		}
		assertThat(table.size()).isEqualTo(KEYS.size() - 1);
		assertThat(table.liveCount()).isEqualTo(KEYS.size() - 1);
		KEYS.forEach((key) -> table.put(key, value(), false));
		assertThat(table.size()).isEqualTo(KEYS.size());
	}

	@Test
	void clearingOneBinOfASmallerArrayClearsAllBinsThatHaveItsEntries() {
		WeakTable<Integer, Object> table = table();
		@Nullable Node[] smaller = table.currentBins();
		KEYS.forEach((key) -> table.put(key, value(), false));
		table.put(2, value(), false);
		grow(table);
		table.clearBin(smaller, smaller.length - 1, 1);
		KEYS.forEach((key) -> assertThat(table.get(key)).isNull());
		assertThat(table.get(2)).isNotNull();
		assertThat(table.size()).isOne();
	}

	@Test
	void valueThatIsBeingComputedStaysIfAnotherBinOfALargerArrayIsCleared() {
		WeakTable<Integer, Object> table = table();
		@Nullable Node[] larger = grow(table);
		table.purge();
		Object value = value();
		table.computeIfAbsent(1, (key) -> {
			table.clearBin(larger, larger.length - 1, 17);
			return value;
		});
		assertThat(table.get(1)).isSameAs(value);
		table.compute(1, false, (key, old) -> {
			table.clearBin(larger, larger.length - 1, 1);
			return value();
		});
		assertThat(table.get(1)).isNull();
		assertThat(table.size()).isZero();
	}

	private static WeakTable<Integer, Object> table() {
		WeakCleaner closed = WeakCleaner.builder().threadName("closed").build();
		closed.close();
		return new WeakTable<>("clear", false, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0, closed);
	}

	/** Makes a table grow by entries that are removed again; returns the larger array. */
	private @Nullable Node[] grow(WeakTable<Integer, Object> table) {
		for (int key = 1000; key < 1100; key++) {
			table.put(key, value(), false);
		}
		@Nullable Node[] larger = table.currentBins();
		assertThat(larger.length).isGreaterThanOrEqualTo(64);
		for (int key = 1000; key < 1100; key++) {
			table.replace(key, null, null);
		}
		return larger;
	}

	private Object value() {
		Object value = new Object();
		this.held.add(value);
		return value;
	}

}
