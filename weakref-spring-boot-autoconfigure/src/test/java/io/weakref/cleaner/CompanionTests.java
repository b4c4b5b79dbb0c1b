package io.weakref.cleaner;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What lives and ends with a cleaner.
 */
class CompanionTests {

	private final AtomicInteger told = new AtomicInteger();

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("companion-test").build();

	@Test
	void cleanerHasOneCompanion() {
		try (this.cleaner) {
			Companion first = this.cleaner.companion((cleaner) -> this.told::incrementAndGet);
			Companion second = this.cleaner.companion((cleaner) -> {
				throw new AssertionError("made twice");
			});
			assertThat(second).isSameAs(first);
			assertThat(this.told).hasValue(0);
		}
	}

	@Test
	void companionIsToldWhileTheDrainThreadStillRuns() {
		AtomicInteger aliveWhenTold = new AtomicInteger();
		this.cleaner.companion((cleaner) -> () -> {
			if (cleaner.isAlive()) {
				aliveWhenTold.incrementAndGet();
			}
		});
		this.cleaner.close();
		assertThat(aliveWhenTold).hasPositiveValue();
	}

	@Test
	void companionThatIsMadeForAClosedCleanerIsToldAtOnce() {
		this.cleaner.close();
		this.cleaner.companion((cleaner) -> this.told::incrementAndGet);
		assertThat(this.told).hasValue(1);
	}

}
