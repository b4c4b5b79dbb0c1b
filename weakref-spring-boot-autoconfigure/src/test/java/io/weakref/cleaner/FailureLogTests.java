package io.weakref.cleaner;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the {@link FailureLog}.
 */
class FailureLogTests {

	private final List<String> lines = new ArrayList<>();

	private int reports;

	private final FailureLog log = new FailureLog(
			(message, error) -> this.lines.add(message + ((error != null) ? " with " + error : "")),
			() -> this.reports++);

	@Test
	void theFirstFailureOfAKindIsLoggedWithWhatWasThrownAndTheOthersAreCounted() {
		for (int i = 0; i < 255; i++) {
			this.log.handle("source", new IllegalStateException("failure " + i));
		}
		this.log.handle("source", new ArithmeticException("another kind"));
		this.log.handle(1, new ArithmeticException("a third"));
		assertThat(this.lines).containsExactly(
				"Callback of source failed with java.lang.IllegalStateException: failure 0",
				"Callback of source failed with java.lang.ArithmeticException: another kind",
				"Callback of 1 failed with java.lang.ArithmeticException: a third");
		assertThat(this.reports).isEqualTo(1);
		this.lines.clear();
		this.log.report();
		assertThat(this.lines)
			.containsExactly("254 more callbacks of a java.lang.String failed with a java.lang.IllegalStateException");
	}

	@Test
	void failuresAreReportedOnlyOnce() {
		this.log.handle("source", new IllegalStateException());
		this.log.handle("source", new IllegalStateException());
		this.log.report();
		this.lines.clear();
		this.log.report();
		assertThat(this.lines).isEmpty();
		this.log.handle("source", new IllegalStateException());
		assertThat(this.reports).isEqualTo(2);
	}

	@Test
	void closingReportsWhatWouldHaveBeenReportedLater() {
		this.log.handle("source", new IllegalStateException());
		this.log.handle("source", new IllegalStateException());
		this.lines.clear();
		this.log.close();
		assertThat(this.lines).hasSize(1);
	}

	@Test
	void aSourceWhoseToStringThrowsIsNamedByItsClass() {
		this.log.handle(new Undescribed(), new IllegalStateException("broken"));
		assertThat(this.lines).containsExactly(
				"Callback of " + Undescribed.class.getName() + " failed with java.lang.IllegalStateException: broken");
	}

	private static final class Undescribed {

		@Override
		public String toString() {
			throw new IllegalStateException("on purpose");
		}

	}

}
