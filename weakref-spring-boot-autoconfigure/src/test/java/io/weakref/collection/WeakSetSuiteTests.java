package io.weakref.collection;

import java.util.List;
import java.util.Set;

import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestStringSetGenerator;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.SetFeature;
import io.weakref.reference.ReferentPolicy;
import junit.framework.Test;
import junit.framework.TestSuite;

/**
 * The whole {@code Set} suite of guava-testlib. The samples are string literals, which
 * the constant pool holds, so nothing dies during the tests.
 * <p>
 * Features that are not claimed: {@code ALLOWS_NULL_QUERIES}, because
 * {@code remove(null)} throws; {@code SERIALIZABLE};
 * {@code FAILS_FAST_ON_CONCURRENT_MODIFICATION}, because nothing here fails fast;
 * {@code KNOWN_ORDER}. No test is suppressed.
 */
public final class WeakSetSuiteTests {

	private WeakSetSuiteTests() {
	}

	public static Test suite() {
		TestSuite all = new TestSuite("sets");
		for (KeyMatch match : KeyMatch.values()) {
			for (KeyRetention retention : KeyRetention.values()) {
				all.addTest(suite(match, retention));
			}
		}
		return all;
	}

	private static Test suite(KeyMatch match, KeyRetention retention) {
		return SetTestSuiteBuilder.using(new TestStringSetGenerator() {

			@Override
			protected Set<String> create(String[] elements) {
				Set<String> set = WeakSet.<String>builder()
					.referentPolicy(ReferentPolicy.LENIENT)
					.keyMatch(match)
					.keyRetention(retention)
					.build();
				set.addAll(List.of(elements));
				return set;
			}

		})
			.named("WeakSet " + match + " " + retention)
			.withFeatures(CollectionSize.ANY, SetFeature.GENERAL_PURPOSE)
			.createTestSuite();
	}

}
