package io.weakref.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of what weak collections do with objects that never die or die immediately.
 */
class ReferentPolicyTests {

	private static final int CACHED = 7;

	@Test
	void strictDictionaryRefusesAValueThatNeverDiesAndStaysAsItWas() {
		WeakValueDictionary<String, Object> values = WeakValueDictionary.<String, Object>builder()
			.name("strict values")
			.referentPolicy(ReferentPolicy.STRICT)
			.build();
		Object fine = new Object();
		values.put("key", fine);
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> values.put("key", CACHED))
			.withMessageContaining("'strict values'")
			.withMessageContaining("java.lang.Integer");
		assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> values.replace("key", CACHED));
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> values.computeIfAbsent("other", (key) -> CACHED));
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> values.compute("key", (key, old) -> CACHED));
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> values.merge("key", CACHED, (old, value) -> value));
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> values.entrySet().iterator().next().setValue(CACHED));
		assertThat(values).containsExactly(Map.entry("key", fine));
	}

	@Test
	@Tag("promise-57")
	void dictionaryThatHoldsItsValuesObjectsOnlyToThoseThatNeverDie() {
		WeakValueDictionary<String, Object> values = WeakValueDictionary.<String, Object>builder()
			.referentPolicy(ReferentPolicy.STRICT)
			.holdMax(100)
			.build();
		Runnable capturing = values::purge;
		for (Object fine : List.of("computed" + values.size(), 1000, 1000L, 2.0, capturing, List.of(1), 'ß')) {
			values.put("key", fine);
		}
		for (Object shared : List.of(CACHED, (short) -1, 'a', true, ReferentPolicy.WARN, String.class)) {
			assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> values.put("key", shared));
		}
	}

	@Test
	void strictPolicyChecksOnlyTheWeakSide() {
		WeakValueDictionary<Integer, Object> values = WeakValueDictionary.<Integer, Object>builder()
			.referentPolicy(ReferentPolicy.STRICT)
			.build();
		Object value = new Object();
		values.put(CACHED, value);
		WeakKeyDictionary<Object, Integer> keys = WeakKeyDictionary.<Object, Integer>builder()
			.referentPolicy(ReferentPolicy.STRICT)
			.build();
		keys.put(value, CACHED);
		assertThat(values.get(CACHED)).isSameAs(value);
		assertThat(keys.get(value)).isEqualTo(CACHED);
	}

	@Test
	void strictKeyIsRefusedBeforeTheFunctionRuns() {
		WeakKeyDictionary<Object, Object> keys = WeakKeyDictionary.builder()
			.referentPolicy(ReferentPolicy.STRICT)
			.build();
		assertThatExceptionOfType(NotReferenceableException.class)
			.isThrownBy(() -> keys.computeIfAbsent("literal", (key) -> {
				throw new AssertionError("called");
			}));
	}

	@Test
	void strictSetRefusesAnElementThatNeverDies() {
		WeakSet<Object> set = WeakSet.builder().referentPolicy(ReferentPolicy.STRICT).build();
		for (Object referent : List.of("literal", CACHED, Optional.empty(), List.of(), Thread.State.NEW,
				String.class)) {
			assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> set.add(referent));
		}
		assertThat(set).isEmpty();
	}

	@Test
	void warnsOnceForEachClassAndCollection() {
		WeakSet<Object> first = WeakSet.builder().name("first").build();
		WeakSet<Object> second = WeakSet.builder().name("second").build();
		List<String> lines = logged(() -> {
			for (int i = 0; i < 3; i++) {
				first.add(i);
				first.add("literal" + i);
				second.add(i);
				first.add(new Object());
			}
		});
		assertThat(lines).satisfiesExactly(
				(line) -> assertThat(line).startsWith("The weak collection 'first' holds a java.lang.Integer, "),
				(line) -> assertThat(line).startsWith("The weak collection 'first' holds a java.lang.String, "),
				(line) -> assertThat(line).startsWith("The weak collection 'second' holds a java.lang.Integer, "));
	}

	@Test
	void lenientPolicyAcceptsEverythingSilently() {
		WeakSet<Object> set = WeakSet.builder().referentPolicy(ReferentPolicy.LENIENT).build();
		assertThat(logged(() -> set.add(CACHED))).isEmpty();
		assertThat(set).containsExactly(CACHED);
	}

	/** Captures what weak collections log while an action runs. */
	private static List<String> logged(Runnable action) {
		Logger logger = Logger.getLogger(WeakCollection.class.getName());
		List<String> lines = new ArrayList<>();
		Handler handler = new Handler() {

			@Override
			public void publish(LogRecord entry) {
				lines.add(entry.getMessage());
			}

			@Override
			public void flush() {
			}

			@Override
			public void close() {
			}

		};
		logger.addHandler(handler);
		try {
			action.run();
		}
		finally {
			logger.removeHandler(handler);
		}
		return lines;
	}

}
