package io.weakref.reference;

import java.util.List;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Promise 4: the callbacks of one referent run once each, from the newest to the oldest,
 * even while the drain thread is still taking references off the queue.
 */
@Tag("slow")
class CallbackOrderTests {

	@Test
	@Tag("promise-4")
	void newestRunsFirst() throws Exception {
		assertThat(CallbackOrder.run(10)).isEqualTo("10 referents with 2000 callbacks each: in order");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:+UseG1GC", "-XX:+UseParallelGC", "-XX:+UseSerialGC", "-XX:+UseZGC" })
	@Tag("promise-4")
	void newestRunsFirstWithEachCollector(String collector) {
		List<String> output = ForkedJvm.run(CallbackOrder.class, collector);
		assertThat(output).containsExactly("30 referents with 2000 callbacks each: in order");
	}

}
