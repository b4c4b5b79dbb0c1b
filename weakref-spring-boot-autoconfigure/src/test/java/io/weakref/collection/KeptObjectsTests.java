package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that holding an entry or an iterator keeps no other entry alive.
 */
@Timeout(60)
class KeptObjectsTests {

	private static final int COUNT = 2000;

	private final WeakValueDictionary<Sample, Object> map = WeakValueDictionary.<Sample, Object>builder()
		.cleaner(WeakDictionaryContract.CLOSED)
		.build();

	private final Object value = new Object();

	/** Each key collides with the one before, which is removed in one of several ways. */
	private List<WeakReference<Sample>> succession(Consumer<Sample> removal) {
		List<WeakReference<Sample>> keys = new ArrayList<>();
		Sample last = new Sample(0, 1);
		for (int i = 1; i < COUNT; i++) {
			Sample next = new Sample(i, 1);
			keys.add(new WeakReference<>(next));
			this.map.put(next, this.value);
			removal.accept(last);
			last = next;
		}
		return keys;
	}

	private static void assertGone(List<WeakReference<Sample>> keys) {
		GarbageCollection.collect();
		assertThat(keys.stream().filter((key) -> !key.refersTo(null)).count()).isLessThanOrEqualTo(2);
	}

	private Stream<Consumer<Sample>> removals() {
		return Stream.of(this.map::remove, (key) -> this.map.keySet().remove(key),
				(key) -> this.map.compute(key, (k, old) -> null),
				(key) -> this.map.entrySet().removeIf((entry) -> entry.getKey().equals(key)), (key) -> {
					Object dying = new Object();
					this.map.put(key, dying);
					CleanerInternals.forEachEntry(dying, WeakReference::clear);
					this.map.purge();
				});
	}

	@Test
	void aHeldEntryDoesNotKeepItsSuccessorsAlive() {
		removals().forEach((removal) -> {
			this.map.clear();
			this.map.put(new Sample(0, 1), this.value);
			Map.Entry<Sample, Object> kept = this.map.entrySet().iterator().next();
			assertGone(succession(removal));
			assertThat(kept.getKey()).isEqualTo(new Sample(0, 1));
		});
	}

	@Test
	void aHeldEntryThatWasClearedOrReplacedDoesNotKeepItsSuccessorsAlive() {
		this.map.put(new Sample(0, 1), this.value);
		Map.Entry<Sample, Object> replaced = this.map.entrySet().iterator().next();
		this.map.put(new Sample(0, 1), new Object());
		assertGone(succession(this.map::remove));
		Map.Entry<Sample, Object> cleared = this.map.entrySet().iterator().next();
		this.map.clear();
		assertGone(succession((key) -> {
			this.map.clear();
		}));
		assertThat(replaced.getValue()).isSameAs(cleared.getValue());
	}

	@Test
	void aSuspendedIteratorDoesNotKeepLaterEntriesAlive() {
		this.map.put(new Sample(0, 1), this.value);
		Iterator<Sample> suspended = this.map.keySet().iterator();
		suspended.next();
		assertGone(succession(this.map::remove));
		assertThat(suspended.hasNext()).isIn(true, false);
	}

	static Stream<WeakCollection> withWeakKeys() {
		return Stream.of(WeakKeyDictionary.builder().cleaner(WeakDictionaryContract.CLOSED).build(),
				WeakSet.builder().cleaner(WeakDictionaryContract.CLOSED).build());
	}

	@ParameterizedTest
	@MethodSource("withWeakKeys")
	void aHeldEntryOrSuspendedIteratorWithAWeakKeyDoesNotKeepItsSuccessorsAlive(WeakCollection collection) {
		Sample last = new Sample(0, 1);
		add(collection, last);
		Object kept = iterator(collection).next();
		Iterator<?> suspended = iterator(collection);
		suspended.next();
		List<WeakReference<Object>> nodes = new ArrayList<>();
		for (int i = 1; i < COUNT; i++) {
			Sample next = new Sample(i, 1);
			add(collection, next);
			nodes.add(nodeOf(next));
			assertThat(remove(collection, last)).isTrue();
			last = next;
		}
		GarbageCollection.collect();
		assertThat(nodes.stream().filter((node) -> !node.refersTo(null)).count()).isLessThanOrEqualTo(2);
		assertThat(suspended.hasNext()).isIn(true, false);
		assertThat(kept).isNotNull();
	}

	private static WeakReference<Object> nodeOf(Object referent) {
		List<WeakReference<Object>> nodes = new ArrayList<>();
		CleanerInternals.forEachEntry(referent, (node) -> nodes.add(new WeakReference<>(node)));
		assertThat(nodes).hasSize(1);
		return nodes.get(0);
	}

	@SuppressWarnings("unchecked")
	private static void add(WeakCollection collection, Object weakSide) {
		if (collection instanceof WeakSet<?> set) {
			((WeakSet<Object>) set).add(weakSide);
		}
		else {
			((WeakKeyDictionary<Object, Object>) collection).put(weakSide, new Object());
		}
	}

	private static boolean remove(WeakCollection collection, Object weakSide) {
		return (collection instanceof WeakSet<?> set) ? set.remove(weakSide)
				: ((WeakKeyDictionary<?, ?>) collection).remove(weakSide) != null;
	}

	private static Iterator<?> iterator(WeakCollection collection) {
		return (collection instanceof WeakSet<?> set) ? set.iterator()
				: ((WeakKeyDictionary<?, ?>) collection).entrySet().iterator();
	}

	@Test
	void anExhaustedIteratorOverASetOrOverReferencesKeepsNothingAndStillRemoves() {
		WeakSet<Object> set = new WeakSet<>();
		WeakValueDictionary<Object, Object> values = new WeakValueDictionary<>();
		WeakKeyDictionary<Object, Object> keys = new WeakKeyDictionary<>();
		assertKeepsNothing(set, set::iterator, (object) -> set.add(object));
		assertKeepsNothing(values, values::valueRefIterator, (object) -> values.put(object, object));
		assertKeepsNothing(keys, keys::keyRefIterator, (object) -> keys.put(object, new Object()));
	}

	private static void assertKeepsNothing(WeakCollection collection, Supplier<Iterator<?>> view,
			Consumer<Object> adder) {
		Object dying = new Sample(1);
		WeakReference<Object> reference = new WeakReference<>(dying);
		adder.accept(dying);
		Iterator<?> exhausted = view.get();
		exhausted.next();
		assertThat(exhausted.hasNext()).isFalse();
		collection.clear();
		dying = null;
		GarbageCollection.until(() -> reference.refersTo(null));
		assertThat(exhausted.hasNext()).isFalse();
		Sample again = new Sample(2);
		adder.accept(again);
		Iterator<?> removing = view.get();
		removing.next();
		assertThat(removing.hasNext()).isFalse();
		removing.remove();
		assertThat(collection.size()).isZero();
		assertThat(again.number).isEqualTo(2);
	}

	static Stream<Function<WeakDictionary<Object, Object>, Iterator<?>>> iterators() {
		return Stream.of((map) -> map.keySet().iterator(), (map) -> map.values().iterator(),
				(map) -> map.entrySet().iterator());
	}

	@ParameterizedTest
	@MethodSource("iterators")
	void anExhaustedIteratorKeepsNothingAndStillRemoves(Function<WeakDictionary<Object, Object>, Iterator<?>> view) {
		for (WeakDictionary<Object, Object> each : List.of(new WeakValueDictionary<>(), new WeakKeyDictionary<>())) {
			Object key = new Sample(1);
			Object stored = new Sample(-1);
			WeakReference<Object> weakKey = new WeakReference<>(key);
			WeakReference<Object> weakValue = new WeakReference<>(stored);
			each.put(key, stored);
			Iterator<?> exhausted = view.apply(each);
			exhausted.next();
			assertThat(exhausted.hasNext()).isFalse();
			each.remove(key);
			key = null;
			stored = null;
			GarbageCollection.until(() -> weakKey.refersTo(null) && weakValue.refersTo(null));
			assertThat(exhausted.hasNext()).isFalse();
			Sample again = new Sample(2);
			Sample other = new Sample(-2);
			each.put(again, other);
			Iterator<?> removing = view.apply(each);
			removing.next();
			assertThat(removing.hasNext()).isFalse();
			removing.remove();
			assertThat(each.isEmpty()).isTrue();
		}
	}

	@Test
	void anExhaustedIteratorRemovesTheEntryAsItIsAfterSetValue() {
		Sample key = new Sample(1);
		Object replaced = new Object();
		this.map.put(key, this.value);
		Iterator<Map.Entry<Sample, Object>> entries = this.map.entrySet().iterator();
		entries.next().setValue(replaced);
		assertThat(entries.hasNext()).isFalse();
		entries.remove();
		assertThat(this.map.isEmpty()).isTrue();
	}

	@Test
	void pollingUntilNothingIsLeftTakesOnePassOverTheTable() {
		WeakValueDictionary<Integer, Object> many = WeakValueDictionary.<Integer, Object>builder()
			.cleaner(WeakDictionaryContract.CLOSED)
			.initialCapacity(300_000)
			.build();
		for (int i = 0; i < 300_000; i++) {
			many.put(i, this.value);
		}
		int polled = 0;
		while (many.pollEntry() != null) {
			polled++;
		}
		assertThat(polled).isEqualTo(300_000);
	}

	@Test
	void aSpliteratorReturnsTheCurrentSizeAndIsNotSized() {
		for (int i = 0; i < 100; i++) {
			this.map.put(new Sample(i), this.value);
		}
		assertThat(this.map.keySet().spliterator().estimateSize()).isEqualTo(100);
		assertThat(this.map.values().spliterator().estimateSize()).isEqualTo(100);
		assertThat(this.map.entrySet().spliterator().estimateSize()).isEqualTo(100);
		assertThat(new WeakSet<>(List.of(new Sample(1))).spliterator().estimateSize()).isLessThanOrEqualTo(1);
		assertThat(this.map.keySet().spliterator().getExactSizeIfKnown()).isEqualTo(-1);
	}

}
