package io.weakref.retention;

/**
 * Where a path begins.
 *
 * @param kind {@code static}, {@code local}, {@code thread}, {@code thread-local},
 * {@code jni}, {@code class-loader} or {@code other}
 * @param description a description for a human reader
 * @since 0.1.0
 */
public record RetentionRoot(String kind, String description) {
}
