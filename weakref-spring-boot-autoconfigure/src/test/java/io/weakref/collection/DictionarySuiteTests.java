package io.weakref.collection;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.weakref.reference.ReferentPolicy;
import junit.framework.Test;
import junit.framework.TestSuite;

/**
 * The whole {@code ConcurrentMap} suite of guava-testlib, for both dictionaries. The
 * samples are string literals, which the constant pool holds, so nothing dies during the
 * tests.
 * <p>
 * Features that are not claimed: {@code ALLOWS_NULL_KEY_QUERIES}, because
 * {@code get(null)} throws; {@code ALLOWS_NULL_VALUE_QUERIES}, because
 * {@code replace(key, null, value)} does; {@code SERIALIZABLE};
 * {@code FAILS_FAST_ON_CONCURRENT_MODIFICATION}, because nothing here fails fast;
 * {@code KNOWN_ORDER}. No test is suppressed.
 */
public final class DictionarySuiteTests {

	private DictionarySuiteTests() {
	}

	public static Test suite() {
		TestSuite all = new TestSuite("dictionaries");
		all.addTest(suite("WeakValueDictionary",
				() -> WeakValueDictionary.<String, String>builder().referentPolicy(ReferentPolicy.LENIENT).build()));
		all.addTest(suite("WeakValueDictionary that holds its values",
				() -> WeakValueDictionary.<String, String>builder().holdFor(Duration.ofHours(1)).holdMax(2).build()));
		for (KeyMatch match : KeyMatch.values()) {
			for (KeyRetention retention : KeyRetention.values()) {
				all.addTest(suite("WeakKeyDictionary " + match + " " + retention,
						() -> WeakKeyDictionary.<String, String>builder()
							.referentPolicy(ReferentPolicy.LENIENT)
							.keyMatch(match)
							.keyRetention(retention)
							.build()));
			}
		}
		return all;
	}

	private static Test suite(String name, Supplier<Map<String, String>> empty) {
		return ConcurrentMapTestSuiteBuilder.using(new TestStringMapGenerator() {

			@Override
			protected Map<String, String> create(Map.Entry<String, String>[] entries) {
				Map<String, String> map = empty.get();
				for (Map.Entry<String, String> entry : entries) {
					map.put(entry.getKey(), entry.getValue());
				}
				return map;
			}

		})
			.named(name)
			.withFeatures(CollectionSize.ANY, MapFeature.GENERAL_PURPOSE, CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
			.createTestSuite();
	}

}
