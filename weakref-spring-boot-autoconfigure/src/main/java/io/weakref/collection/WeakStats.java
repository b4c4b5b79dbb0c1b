package io.weakref.collection;

/**
 * What a {@link WeakCollection} has counted since it was created. If it records no
 * statistics, only {@code purged} changes. No figure ever decreases. The figures are read
 * one after another, not as one atomic snapshot.
 *
 * @param hits lookups that found a live entry; for a set, calls of {@code contains} that
 * returned {@code true}
 * @param misses lookups that did not
 * @param loads calls of the function given to {@code computeIfAbsent}, failed ones
 * included
 * @param loadFailures those calls that threw
 * @param totalLoadNanos the time spent in those calls, in nanoseconds
 * @param puts entries stored or replaced
 * @param purged entries removed because their weak side had died
 * @since 0.1.0
 */
public record WeakStats(long hits, long misses, long loads, long loadFailures, long totalLoadNanos, long puts,
		long purged) {
}
