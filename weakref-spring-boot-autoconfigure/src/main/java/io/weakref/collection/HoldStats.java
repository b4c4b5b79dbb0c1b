package io.weakref.collection;

/**
 * What a dictionary that holds its values for a while has done since it was made. The
 * counts of what was let go never fall.
 *
 * @param held the number of values that are held now
 * @param releasedByTime values let go because they were not used for the time to hold
 * @param releasedBySize values let go because too many were held
 * @param releasedByMemory values given up because the JVM had no memory left
 * @since 0.1.0
 */
public record HoldStats(int held, long releasedByTime, long releasedBySize, long releasedByMemory) {
}
