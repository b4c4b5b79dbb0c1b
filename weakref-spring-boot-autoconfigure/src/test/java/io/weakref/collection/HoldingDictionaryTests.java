package io.weakref.collection;

import java.time.Duration;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.ReferentPolicy;

/**
 * Runs the contract of both dictionaries with one that holds its values. Its cleaner is
 * closed, so that they can die.
 */
class HoldingDictionaryTests extends WeakDictionaryContract {

	@Override
	WeakDictionary<Sample, Sample> create(WeakCleaner cleaner) {
		WeakValueDictionary.Builder<Sample, Sample> builder = WeakValueDictionary.<Sample, Sample>builder()
			.cleaner(cleaner)
			.referentPolicy(ReferentPolicy.LENIENT);
		return cleaner.isAlive() ? builder.build() : builder.holdFor(Duration.ofHours(1)).build();
	}

	@Override
	WeakDictionary<Sample, Sample> recording() {
		return WeakValueDictionary.<Sample, Sample>builder().cleaner(CLOSED).holdMax(10).recordStats(true).build();
	}

	@Override
	WeakDictionary<Object, Object> objects() {
		return WeakValueDictionary.builder().cleaner(CLOSED).holdMax(10).build();
	}

	@Override
	Object store(WeakDictionary<Sample, Sample> map, Sample key, Sample value) {
		map.put(key, value);
		return value;
	}

}
