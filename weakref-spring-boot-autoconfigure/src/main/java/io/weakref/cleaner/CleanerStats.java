package io.weakref.cleaner;

/**
 * What a {@link WeakCleaner} has done since it was created. No figure except
 * {@code pendingCallbacks} ever decreases. The figures are read one after another, not as
 * one atomic snapshot.
 *
 * @param purged how many dead entries were removed from the weak collections of this
 * cleaner, by any thread
 * @param callbacks how many callbacks have ended, failed ones included
 * @param callbackErrors how many callbacks threw, or were refused by the executor
 * @param pendingCallbacks how many callbacks are queued or running
 * @since 0.1.0
 */
public record CleanerStats(long purged, long callbacks, long callbackErrors, long pendingCallbacks) {
}
