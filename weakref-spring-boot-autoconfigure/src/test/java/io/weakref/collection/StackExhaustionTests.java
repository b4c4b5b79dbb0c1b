package io.weakref.collection;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link StackExhaustion} in separate JVMs.
 */
@Tag("slow")
class StackExhaustionTests {

	@Test
	void whereverTheStackEndsInCompiledCodeNothingIsReservedLostOrUncounted() {
		assertThat(ForkedJvm.run(StackExhaustion.class, "-Drounds=14")).contains("survived");
	}

	@Test
	void whereverTheStackEndsInInterpretedCodeNothingIsReservedLostOrUncounted() {
		assertThat(ForkedJvm.run(StackExhaustion.class, "-Xint", "-Drounds=2", "-Dstack=160")).contains("survived");
	}

}
