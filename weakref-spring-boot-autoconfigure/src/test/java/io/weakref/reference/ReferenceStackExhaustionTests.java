package io.weakref.reference;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link ReferenceStackExhaustion} in separate JVMs.
 */
@Tag("slow")
class ReferenceStackExhaustionTests {

	@Test
	void whereverTheStackEndsInCompiledCodeNoReferenceOrFinalizerIsLost() {
		assertThat(ForkedJvm.run(ReferenceStackExhaustion.class, "-Drounds=10")).contains("survived");
	}

	@Test
	void whereverTheStackEndsInInterpretedCodeNoReferenceOrFinalizerIsLost() {
		assertThat(ForkedJvm.run(ReferenceStackExhaustion.class, "-Xint", "-Drounds=8", "-Dstack=160"))
			.contains("survived");
	}

}
