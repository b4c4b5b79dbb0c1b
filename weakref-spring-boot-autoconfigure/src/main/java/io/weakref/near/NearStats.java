package io.weakref.near;

/**
 * What a near cache has counted.
 *
 * @param first values found in the first level
 * @param second values found in the second level
 * @param loads values found in neither
 * @param pushed keys dropped because the second level reported a change
 * @param flushed how many times all keys, or all keys of one server, were dropped
 * @param own keys dropped because this JVM wrote them
 * @param refused values that were not stored because their key changed after it was read
 * @since 0.1.0
 */
public record NearStats(long first, long second, long loads, long pushed, long flushed, long own, long refused) {
}
