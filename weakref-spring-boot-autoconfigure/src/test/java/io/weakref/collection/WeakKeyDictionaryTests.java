package io.weakref.collection;

import java.lang.ref.WeakReference;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests of what {@link WeakKeyDictionary} promises beyond the contract of both
 * dictionaries.
 */
class WeakKeyDictionaryTests extends WeakDictionaryContract {

	@Override
	WeakDictionary<Sample, Sample> create(WeakCleaner cleaner) {
		return builder(cleaner).build();
	}

	private static WeakKeyDictionary.Builder<Sample, Sample> builder(WeakCleaner cleaner) {
		return WeakKeyDictionary.<Sample, Sample>builder().cleaner(cleaner).referentPolicy(ReferentPolicy.LENIENT);
	}

	@Override
	WeakDictionary<Sample, Sample> recording() {
		return builder(CLOSED).recordStats(true).build();
	}

	@Override
	WeakDictionary<Object, Object> objects() {
		return WeakKeyDictionary.builder().cleaner(CLOSED).build();
	}

	@Override
	Object store(WeakDictionary<Sample, Sample> map, Sample key, Sample value) {
		map.put(key, value);
		return key;
	}

	@Test
	@Tag("promise-26")
	void aPutOnALiveKeyKeepsTheOldKeyAndDiesWithIt() {
		Sample key = putTwice(this.map);
		assertThat(this.map.get(key)).isEqualTo(sample(-2));
		assertThat(this.map.keySet().iterator().next()).isNotSameAs(key);
		GarbageCollection.collect();
		assertThat(this.map.get(key)).isNull();
		this.map.put(key, sample(-3));
		this.map.purge();
		assertThat(this.map.get(key)).isEqualTo(sample(-3));
		assertThat(this.map.size()).isEqualTo(1);
	}

	/**
	 * Put a value under a key, put another value under an equal key, and return the
	 * latter key.
	 */
	private static Sample putTwice(WeakDictionary<Sample, Sample> map) {
		Sample first = sample(1);
		Sample second = sample(1);
		map.put(first, sample(-1));
		assertThat(map.put(second, sample(-2))).isEqualTo(sample(-1));
		assertThat(map.keySet().iterator().next()).isSameAs(first);
		return second;
	}

	@Test
	@Tag("promise-26")
	void withNewestRetentionTheEntryLivesAsLongAsTheNewKey() {
		WeakDictionary<Sample, Sample> newest = builder(CLOSED).keyRetention(KeyRetention.NEWEST).build();
		Sample key = putNewest(newest);
		GarbageCollection.collect();
		newest.purge();
		assertThat(newest.get(key)).isEqualTo(sample(-2));
		assertThat(newest.keySet().iterator().next()).isSameAs(key);
		assertThat(newest.size()).isEqualTo(1);
		assertThat(newest.stats().purged()).isZero();
		Sample third = sample(1);
		newest.compute(third, (k, old) -> sample(-3));
		assertThat(newest.keySet().iterator().next()).isSameAs(third);
		this.held.add(key);
	}

	private static Sample putNewest(WeakDictionary<Sample, Sample> map) {
		Sample second = sample(1);
		map.put(sample(1), sample(-1));
		map.put(second, sample(-2));
		return second;
	}

	@Test
	@Tag("promise-26")
	void removeThenPutTakesTheNewKey() {
		Sample key = putTwice(this.map);
		this.map.remove(key);
		this.map.put(key, sample(-3));
		assertThat(this.map.keySet().iterator().next()).isSameAs(key);
		GarbageCollection.collect();
		assertThat(this.map.get(key)).isEqualTo(sample(-3));
		this.held.add(key);
	}

	@Test
	@Tag("promise-28")
	void aReplacedValueIsNoLongerHeld() {
		Sample key = sample(1);
		WeakReference<Sample> value = putAndReplace(key);
		GarbageCollection.until(() -> value.refersTo(null));
		assertThat(this.map.get(key)).isEqualTo(sample(-2));
	}

	private WeakReference<Sample> putAndReplace(Sample key) {
		Sample value = sample(-1);
		this.map.put(key, value);
		this.map.put(key, sample(-2));
		return new WeakReference<>(value);
	}

	@Test
	@Tag("promise-25")
	void aValueIsHeldAsLongAsItsKeyLives() {
		Sample key = sample(1);
		this.map.put(key, sample(-1));
		GarbageCollection.collect();
		assertThat(this.map.get(key)).isEqualTo(sample(-1));
		this.held.add(key);
	}

	@Test
	@Tag("promise-25")
	void aPurgeReleasesTheValueOfADeadKey() {
		WeakReference<Sample> value = putUnderAKeyThatDies();
		GarbageCollection.collect();
		this.map.purge();
		GarbageCollection.until(() -> value.refersTo(null));
		assertThat(this.map.size()).isZero();
	}

	private WeakReference<Sample> putUnderAKeyThatDies() {
		Sample value = sample(-1);
		this.map.put(sample(1), value);
		return new WeakReference<>(value);
	}

	@Test
	@Tag("promise-46")
	void aValueThatReachesItsOwnKeyKeepsTheEntry() {
		putCycle();
		storeDead(2);
		GarbageCollection.collect();
		this.map.purge();
		assertThat(this.map.size()).isEqualTo(1);
		assertThat(this.map.get(sample(1))).isEqualTo(sample(-1));
	}

	private void putCycle() {
		Sample key = sample(1);
		Sample value = sample(-1);
		value.attachment = key;
		this.map.put(key, value);
	}

	@Test
	@SuppressWarnings("NullAway") // what null does is the point
	void equalKeysAreTwoEntriesIfKeysAreComparedByIdentity() {
		WeakDictionary<Sample, Sample> identity = builder(CLOSED).keyMatch(KeyMatch.IDENTITY).build();
		Sample first = sample(1);
		Sample second = sample(1);
		identity.put(first, sample(-1));
		identity.put(second, sample(-2));
		assertThat(identity.get(first)).isEqualTo(sample(-1));
		assertThat(identity.get(second)).isEqualTo(sample(-2));
		assertThat(identity.get(sample(1))).isNull();
		assertThat(identity.containsKey(sample(1))).isFalse();
		assertThat(identity.remove(sample(1))).isNull();
		assertThat(identity.computeIfPresent(sample(1), (key, old) -> old)).isNull();
		first.hash = 4711;
		assertThat(identity.get(first)).isEqualTo(sample(-1));
		assertThat(identity.size()).isEqualTo(2);
		assertThatNullPointerException().isThrownBy(() -> identity.get(null));
		assertThatNullPointerException().isThrownBy(() -> identity.remove(null));
		assertThatNullPointerException().isThrownBy(() -> identity.computeIfAbsent(null, (key) -> sample(-1)));
		assertThatNullPointerException().isThrownBy(() -> identity.compute(null, (key, old) -> sample(-1)));
		assertThat(identity.size()).isEqualTo(2);
	}

	@Test
	@Tag("promise-43")
	void theCopyConstructorCopiesLiveEntries() {
		storeLive(1, 2);
		storeDead(3);
		WeakKeyDictionary<Sample, Sample> copy = new WeakKeyDictionary<>(this.map);
		assertThat(copy).isEqualTo(this.map).hasSize(2);
	}

}
