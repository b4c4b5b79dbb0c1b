package io.weakref.collection;

/**
 * What a dictionary that holds its values for a while has done since it was created. The
 * counts of released values never decrease.
 *
 * @param held the number of values that are held now
 * @param releasedByTime values released because they were not used for the time to hold
 * @param releasedBySize values released because too many were held
 * @param releasedByMemory values released because the JVM was running out of memory
 * @since 0.1.0
 */
public record HoldStats(int held, long releasedByTime, long releasedBySize, long releasedByMemory) {
}
