package io.weakref.cleaner;

/**
 * One callback among several that {@link WeakCleaner#dispatch(java.util.List)} runs one
 * after another. For the library's own references.
 *
 * @param source what the callback belongs to: told to the error handler
 * @param action the user's code
 * @since 0.1.0
 */
public record Callback(Object source, Runnable action) {
}
