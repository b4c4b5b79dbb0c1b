package io.weakref.collection;

/**
 * What a {@link WeakCollection} has counted since it was made. Without statistics only
 * {@code purged} moves. No figure ever falls; they are read one after another, not as one
 * snapshot.
 *
 * @param hits lookups that found a live entry; for a set, {@code contains} that were true
 * @param misses lookups that did not
 * @param loads functions that {@code computeIfAbsent} ran, failed ones included
 * @param loadFailures functions that threw
 * @param totalLoadNanos the time spent in those functions, in nanoseconds
 * @param puts entries stored or replaced
 * @param purged entries removed because their weak side had died
 * @since 0.1.0
 */
public record WeakStats(long hits, long misses, long loads, long loadFailures, long totalLoadNanos, long puts,
		long purged) {
}
