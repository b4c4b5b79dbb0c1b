package io.weakref.retention;

import org.jspecify.annotations.Nullable;

/**
 * Says in one sentence why there is no report. Its message contains nothing that was read
 * from the objects of a heap.
 */
final class RetentionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	RetentionException(String message) {
		this(message, null);
	}

	RetentionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
