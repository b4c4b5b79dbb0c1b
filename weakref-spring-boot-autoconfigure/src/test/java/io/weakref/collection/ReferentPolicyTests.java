package io.weakref.collection;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of what the collections do with objects that never die or die at once.
 */
@ExtendWith(OutputCaptureExtension.class)
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
	void strictPolicyJudgesTheWeakSideAlone() {
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
	void strictSetRefusesWhatNeverDies() {
		WeakSet<Object> set = WeakSet.builder().referentPolicy(ReferentPolicy.STRICT).build();
		for (Object referent : List.of("literal", CACHED, Optional.empty(), List.of(), Thread.State.NEW,
				String.class)) {
			assertThatExceptionOfType(NotReferenceableException.class).isThrownBy(() -> set.add(referent));
		}
		assertThat(set).isEmpty();
	}

	@Test
	void warnsOnceForEachClassAndCollection(CapturedOutput output) {
		WeakSet<Object> first = WeakSet.builder().name("first").build();
		WeakSet<Object> second = WeakSet.builder().name("second").build();
		for (int i = 0; i < 3; i++) {
			first.add(i);
			first.add("literal" + i);
			second.add(i);
			first.add(new Object());
		}
		assertThat(output).satisfies((text) -> {
			assertThat(text.toString().split("'first' holds a java.lang.Integer", -1)).hasSize(2);
			assertThat(text.toString().split("'first' holds a java.lang.String", -1)).hasSize(2);
			assertThat(text.toString().split("'second' holds a java.lang.Integer", -1)).hasSize(2);
			assertThat(text).doesNotContain("java.lang.Object");
		});
	}

	@Test
	void lenientPolicyTakesEverythingWithoutAWord(CapturedOutput output) {
		WeakSet<Object> set = WeakSet.builder().name("lenient").referentPolicy(ReferentPolicy.LENIENT).build();
		set.add(CACHED);
		assertThat(set).containsExactly(CACHED);
		assertThat(output).doesNotContain("lenient");
	}

}
