package io.weakref.retention;

import org.jspecify.annotations.Nullable;

/**
 * The status of a {@link RetentionAnalysis}.
 *
 * @param state the state
 * @param cache the name of the cache that is or was examined, if there is one
 * @param error if the analysis failed, a sentence that says why
 * @param report the report, if the analysis is done
 * @since 0.1.0
 */
public record RetentionStatus(State state, @Nullable String cache, @Nullable String error,
		@Nullable RetentionReport report) {

	static final RetentionStatus IDLE = new RetentionStatus(State.IDLE, null, null, null);

	static RetentionStatus running(String cache) {
		return new RetentionStatus(State.RUNNING, cache, null, null);
	}

	static RetentionStatus done(String cache, RetentionReport report) {
		return new RetentionStatus(State.DONE, cache, null, report);
	}

	static RetentionStatus failed(String cache, String error) {
		return new RetentionStatus(State.FAILED, cache, error, null);
	}

	/**
	 * The states.
	 */
	public enum State {

		/** No analysis was requested yet. */
		IDLE,

		/** A cache is being examined. */
		RUNNING,

		/** There is a report. */
		DONE,

		/** There is no report; the status says why. */
		FAILED

	}

}
