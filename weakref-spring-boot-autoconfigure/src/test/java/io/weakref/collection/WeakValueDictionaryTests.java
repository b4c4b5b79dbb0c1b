package io.weakref.collection;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what {@link WeakValueDictionary} promises beyond the contract of both
 * dictionaries.
 */
class WeakValueDictionaryTests extends WeakDictionaryContract {

	@Override
	WeakDictionary<Sample, Sample> create(WeakCleaner cleaner) {
		return WeakValueDictionary.<Sample, Sample>builder()
			.cleaner(cleaner)
			.referentPolicy(ReferentPolicy.LENIENT)
			.build();
	}

	@Override
	WeakDictionary<Sample, Sample> recording() {
		return WeakValueDictionary.<Sample, Sample>builder().cleaner(CLOSED).recordStats(true).build();
	}

	@Override
	WeakDictionary<Object, Object> objects() {
		return WeakValueDictionary.builder().cleaner(CLOSED).build();
	}

	@Override
	Object store(WeakDictionary<Sample, Sample> map, Sample key, Sample value) {
		map.put(key, value);
		return value;
	}

	@Test
	@Tag("promise-26")
	void aPutOnALiveKeyKeepsTheOldKey() {
		Sample first = sample(1);
		Sample second = sample(1);
		Sample value = sample(-1);
		Sample other = sample(-2);
		this.map.put(first, value);
		this.map.put(second, other);
		assertThat(this.map.keySet().iterator().next()).isSameAs(first);
		this.map.compute(second, (key, old) -> value);
		assertThat(this.map.keySet().iterator().next()).isSameAs(first);
		this.map.replace(second, other);
		assertThat(this.map.keySet().iterator().next()).isSameAs(first);
		this.map.remove(second);
		this.map.put(second, value);
		assertThat(this.map.keySet().iterator().next()).isSameAs(second);
		this.held.add(other);
	}

	@Test
	@Tag("promise-28")
	void aValueThatWasReplacedDiesWithoutItsEntry() {
		Sample replacement = sample(-2);
		store(1);
		this.map.put(sample(1), replacement);
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.get(sample(1))).isSameAs(replacement);
		assertThat(this.map.size()).isEqualTo(1);
		assertThat(this.map.stats().purged()).isZero();
	}

	@Test
	@Tag("promise-28")
	void theSameValuePutTwiceIsOneEntry() {
		Sample value = sample(-1);
		this.map.put(sample(1), value);
		assertThat(this.map.put(sample(1), value)).isSameAs(value);
		store(1);
		this.map.put(sample(1), value);
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.get(sample(1))).isSameAs(value);
		assertThat(this.map.size()).isEqualTo(1);
		this.held.add(value);
	}

	@Test
	@Tag("promise-25")
	void aValueUnderManyKeysDiesUnderAllOfThem() {
		putUnderMany();
		assertThat(this.map.size()).isEqualTo(100);
		GarbageCollection.collect();
		assertThat(this.map.liveCount()).isZero();
		this.map.purge();
		assertThat(this.map.size()).isZero();
	}

	private void putUnderMany() {
		Sample value = sample(-1);
		for (int i = 0; i < 100; i++) {
			this.map.put(sample(i), value);
		}
	}

	@Test
	@Tag("promise-39")
	void anIterationDoesNotMissAKeyWhoseValueWasReplacedMeanwhile() {
		for (int i = 0; i < 4; i++) {
			this.held.add(store(this.map, new Sample(i, 1), sample(-i)));
		}
		Iterator<Sample> keys = this.map.keySet().iterator();
		Iterator<Map.Entry<Sample, Sample>> entries = this.map.entrySet().iterator();
		List<Sample> seen = new ArrayList<>();
		seen.add(keys.next());
		entries.next();
		this.held.clear();
		for (int i = 0; i < 4; i++) {
			Sample replacement = sample(-10 - i);
			this.map.put(new Sample(i, 1), replacement);
			this.held.add(replacement);
		}
		GarbageCollection.collect();
		keys.forEachRemaining(seen::add);
		assertThat(seen).containsExactlyInAnyOrder(sample(0), sample(1), sample(2), sample(3));
		while (entries.hasNext()) {
			assertThat(entries.next().getValue().number).isLessThanOrEqualTo(-10);
			entries.remove();
		}
		assertThat(this.map.size()).isEqualTo(1);
	}

	@Test
	void aKeyIsHeldOnlyAsLongAsItsEntryIsLinked() {
		storeDead(1);
		Sample key = sample(2);
		this.map.put(key, sample(-2));
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.keySet()).isEmpty();
	}

	@Test
	@Tag("promise-37")
	void aSizeOfAFewEntriesIsExactUpToAnInitialCapacityOf2048() {
		WeakValueDictionary<Integer, Object> map = WeakValueDictionary.<Integer, Object>builder()
			.cleaner(CLOSED)
			.initialCapacity(2048)
			.build();
		for (int i = 1; i <= 8; i++) {
			this.held.add(new Object());
			map.put(i, this.held.get(i - 1));
		}
		this.held.subList(0, 7).clear();
		GarbageCollection.collect();
		assertThat(map.size()).isOne();
		assertThat(map.stats().purged()).isZero();
	}

	@Test
	@Tag("promise-43")
	void theCopyConstructorCopiesLiveEntries() {
		storeLive(1, 2);
		storeDead(3);
		WeakValueDictionary<Sample, Sample> copy = new WeakValueDictionary<>(this.map);
		assertThat(copy).isEqualTo(this.map).hasSize(2);
	}

}
