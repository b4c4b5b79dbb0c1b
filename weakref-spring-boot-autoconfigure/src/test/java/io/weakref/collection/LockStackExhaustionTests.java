package io.weakref.collection;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@link LockStackExhaustion} in separate JVMs.
 */
@Tag("slow")
class LockStackExhaustionTests {

	@Test
	void whereverTheStackEndsInCompiledCodeNoLockIsHeldByNobodyOrLostByItsHolder() {
		assertThat(ForkedJvm.run(LockStackExhaustion.class, "-Drounds=400")).contains("survived");
	}

	@Test
	void whereverTheStackEndsInInterpretedCodeNoLockIsHeldByNobodyOrLostByItsHolder() {
		assertThat(ForkedJvm.run(LockStackExhaustion.class, "-Xint", "-Drounds=400", "-Dstack=160"))
			.contains("survived");
	}

}
