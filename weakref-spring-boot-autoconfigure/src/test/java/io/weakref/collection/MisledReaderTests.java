package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.weakref.cleaner.CleanerInternals;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of readers under which a node changes. The change is made in {@code equals},
 * which a reader calls between reading a node and reading its value, so the interleaving
 * is always the same.
 */
class MisledReaderTests {

	private final WeakValueDictionary<Key, Object> dictionary = new WeakValueDictionary<>();

	@Test
	void valueThatIsReplacedAndDiesUnderAReaderIsNotAMiss() {
		Object old = new Object();
		Object replacement = new Object();
		this.dictionary.put(new Key(), old);
		WeakReference<?> entry = entryOf(old);
		Key asked = new Key();
		asked.beforeEquals = () -> {
			this.dictionary.put(new Key(), replacement);
			// As the garbage collector does. The node is no longer in the table.
			entry.clear();
		};
		assertThat(this.dictionary.get(asked)).isSameAs(replacement);
	}

	@Test
	void valueThatIsReplacedAgainAndAgainUnderAReaderIsNotAMiss() {
		Object last = new Object();
		Object first = new Object();
		this.dictionary.put(new Key(), first);
		List<Object> held = new ArrayList<>();
		Key asked = new Key();
		asked.times = 5;
		asked.beforeEquals = () -> {
			WeakReference<?> entry = entryOf(held.isEmpty() ? first : held.get(held.size() - 1));
			held.add((asked.times > 0) ? new Object() : last);
			this.dictionary.put(new Key(), held.get(held.size() - 1));
			entry.clear();
		};
		assertThat(this.dictionary.get(asked)).isSameAs(last);
		assertThat(held).hasSize(5);
	}

	@Test
	void valueThatDiesUnderAReaderIsAMiss() {
		Object old = new Object();
		this.dictionary.put(new Key(), old);
		Key asked = new Key();
		asked.beforeEquals = entryOf(old)::clear;
		assertThat(this.dictionary.get(asked)).isNull();
		assertThat(this.dictionary.putIfAbsent(new Key(), old)).isNull();
	}

	@Test
	void nodesThatAreOrderedUnderAReaderAreNotAMiss() {
		WeakValueDictionary<Object, Object> map = WeakValueDictionary.builder().initialCapacity(100).build();
		Object value = new Object();
		Key removed = new Key();
		map.put(removed, value);
		map.put(new Sample(0, 1), value);
		for (int i = 2; i < 2 * OrderedNodes.THRESHOLD; i++) {
			map.put(new Ordered(i, null), value);
		}
		List<Runnable> meanwhile = new ArrayList<>(List.of(() -> map.remove(removed), () -> {
			map.put(new Ordered(0, null), value);
			map.put(new Ordered(1, null), value);
		}));
		Ordered asked = new Ordered(3, () -> {
			if (!meanwhile.isEmpty()) {
				meanwhile.remove(0).run();
			}
		});
		assertThat(map.get(asked)).isSameAs(value);
		assertThat(meanwhile).isEmpty();
	}

	@Test
	void orderedKeyWhoseValueIsReplacedAndDiesDuringItsRemovalIsRemoved() {
		WeakValueDictionary<Object, Object> map = new WeakValueDictionary<>();
		Object old = new Object();
		Object replacement = new Object();
		for (int i = 0; i < 2 * OrderedNodes.THRESHOLD; i++) {
			map.put(new Ordered(i, null), (i == 3) ? old : replacement);
		}
		WeakReference<?> entry = entryOf(old);
		AtomicBoolean replaced = new AtomicBoolean();
		Ordered removed = new Ordered(3, () -> {
			if (replaced.compareAndSet(false, true)) {
				map.put(new Ordered(3, null), replacement);
				entry.clear();
			}
		});
		assertThat(map.remove(removed)).isSameAs(replacement);
		assertThat(map).hasSize(2 * OrderedNodes.THRESHOLD - 1);
	}

	private static WeakReference<?> entryOf(Object value) {
		List<WeakReference<?>> entries = new ArrayList<>();
		CleanerInternals.forEachEntry(value, entries::add);
		assertThat(entries).hasSize(1);
		return entries.get(0);
	}

	/** A comparable key with a constant hash code, equal to others with its number. */
	private static final class Ordered implements Comparable<Ordered> {

		private final int number;

		private final @Nullable Runnable beforeEquals;

		Ordered(int number, @Nullable Runnable beforeEquals) {
			this.number = number;
			this.beforeEquals = beforeEquals;
		}

		@Override
		public int compareTo(Ordered other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			if (this.beforeEquals != null) {
				this.beforeEquals.run();
			}
			return other instanceof Ordered that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	/** Equal to every other key. */
	private static final class Key {

		private @Nullable Runnable beforeEquals;

		private int times = 1;

		@Override
		public boolean equals(@Nullable Object other) {
			Runnable action = this.beforeEquals;
			if (action != null && this.times > 0) {
				this.times--;
				action.run();
			}
			return other instanceof Key;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}
