package io.weakref.reference;

import java.util.List;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ruling 4 and rule 3: the callbacks of one referent run from the newest to the oldest,
 * each once, while the drain thread takes them off the queue.
 */
@Tag("slow")
class CallbackOrderTests {

	@Test
	void ruling4NewestRunsFirst() throws Exception {
		assertThat(CallbackOrder.run(10)).isEqualTo("10 referents with 2000 callbacks each: in order");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:+UseG1GC", "-XX:+UseParallelGC", "-XX:+UseSerialGC", "-XX:+UseZGC" })
	void ruling4NewestRunsFirstWithEachCollector(String collector) {
		List<String> output = ForkedJvm.run(CallbackOrder.class, collector);
		assertThat(output).containsExactly("30 referents with 2000 callbacks each: in order");
	}

}
