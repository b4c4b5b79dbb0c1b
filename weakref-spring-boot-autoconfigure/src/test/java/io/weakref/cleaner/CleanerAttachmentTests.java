package io.weakref.cleaner;

import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.cleaner.CleanerInternals.CleanerAttachment;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the attachment, which lives as long as its cleaner.
 */
class CleanerAttachmentTests {

	private final AtomicInteger told = new AtomicInteger();

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("attachment-tests").build();

	@Test
	void cleanerHasOneAttachment() {
		try (this.cleaner) {
			CleanerAttachment first = this.cleaner.attachment((cleaner) -> this.told::incrementAndGet);
			CleanerAttachment second = this.cleaner.attachment((cleaner) -> {
				throw new AssertionError("made twice");
			});
			assertThat(second).isSameAs(first);
			assertThat(this.told).hasValue(0);
		}
	}

	@Test
	void attachmentIsClosedWhileTheDrainThreadStillRuns() {
		AtomicInteger aliveWhenTold = new AtomicInteger();
		this.cleaner.attachment((cleaner) -> () -> {
			if (cleaner.isAlive()) {
				aliveWhenTold.incrementAndGet();
			}
		});
		this.cleaner.close();
		assertThat(aliveWhenTold).hasPositiveValue();
	}

	@Test
	void attachmentThatIsCreatedForAClosedCleanerIsClosedImmediately() {
		this.cleaner.close();
		this.cleaner.attachment((cleaner) -> this.told::incrementAndGet);
		assertThat(this.told).hasValue(1);
	}

}
