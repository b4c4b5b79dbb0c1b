package io.weakref.collection;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.weakref.GarbageCollection;
import io.weakref.reference.WeakRef;
import io.weakref.reference.WeakRefs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the weak references that the dictionaries return: promises 11 and 44.
 */
class ReferenceViewTests {

	@Test
	@Tag("promise-44")
	void valueRefsReferToTheLiveValuesAndHoldNone() {
		WeakValueDictionary<Integer, Object> values = new WeakValueDictionary<>();
		List<Object> held = fill(values);
		List<WeakRef<Object>> refs = values.valueRefs();
		assertThat(refs).extracting(WeakRef::get).containsExactlyInAnyOrderElementsOf(held);
		held.clear();
		GarbageCollection.until(() -> refs.stream().allMatch((ref) -> ref.get() == null));
		assertThat(values.valueRefs()).isEmpty();
	}

	private static List<Object> fill(WeakValueDictionary<Integer, Object> values) {
		List<Object> held = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			held.add(new Object());
			values.put(i, held.get(i));
		}
		return held;
	}

	@Test
	@Tag("promise-44")
	void keyRefsReferToTheLiveKeysAndHoldNone() {
		WeakKeyDictionary<Object, Integer> keys = new WeakKeyDictionary<>();
		List<Object> held = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			held.add(new Object());
			keys.put(held.get(i), i);
		}
		List<WeakRef<Object>> refs = keys.keyRefs();
		assertThat(refs).extracting(WeakRef::get).containsExactlyInAnyOrderElementsOf(held);
		held.clear();
		GarbageCollection.until(() -> refs.stream().allMatch((ref) -> ref.get() == null));
	}

	@Test
	@Tag("promise-44")
	void iteratorFormRemovesThroughToTheDictionary() {
		WeakValueDictionary<Integer, Object> values = new WeakValueDictionary<>();
		List<Object> held = fill(values);
		for (Iterator<WeakRef<Object>> it = values.valueRefIterator(); it.hasNext();) {
			if (it.next().get() == held.get(7)) {
				it.remove();
			}
		}
		assertThat(values).hasSize(99).doesNotContainKey(7);
	}

	@Test
	@Tag("promise-11")
	void countAndListSeeOneReferenceForEachEntry() {
		Object object = new Object();
		WeakValueDictionary<Integer, Object> values = new WeakValueDictionary<>();
		WeakKeyDictionary<Object, Integer> keys = new WeakKeyDictionary<>();
		WeakSet<Object> set = new WeakSet<>();
		values.put(1, object);
		values.put(2, object);
		keys.put(object, 1);
		set.add(object);
		assertThat(WeakRefs.count(object)).isEqualTo(4);
		assertThat(WeakRefs.list(object)).hasSize(4).allSatisfy((ref) -> assertThat(ref.get()).isSameAs(object));
		values.remove(1);
		set.remove(object);
		assertThat(WeakRefs.count(object)).isEqualTo(2);
		assertThat(values).containsOnlyKeys(2);
		assertThat(keys).containsOnlyKeys(object);
		assertThat(set).isEmpty();
	}

}
