package io.weakref.cleaner;

/**
 * What a {@link WeakCleaner} has done since it was made. No figure but
 * {@code pendingCallbacks} ever falls; they are read one after another, not as one
 * snapshot.
 *
 * @param purged how many dead entries were removed from the collections of this cleaner,
 * whoever removed them
 * @param callbacks how many callbacks have ended, failed ones included
 * @param callbackErrors how many callbacks threw, or were refused by the executor
 * @param pendingCallbacks how many callbacks are queued or running
 * @since 0.1.0
 */
public record CleanerStats(long purged, long callbacks, long callbackErrors, long pendingCallbacks) {
}
