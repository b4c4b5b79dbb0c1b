package io.weakref.reference;

import java.util.function.Supplier;

/**
 * What a {@link Finalizer} was registered with.
 *
 * @param <R> the type of the action's result
 * @param referent the object, which this record keeps alive
 * @param action the action; one that was registered as a {@code Runnable} is wrapped in a
 * supplier that runs it and returns {@code null}
 * @since 0.1.0
 */
public record Registration<R>(Object referent, Supplier<? extends R> action) {
}
