package io.weakref.reference;

/**
 * Marks {@linkplain WeakProxy weak proxies} of a functional interface.
 *
 * @since 0.1.0
 */
public interface CallableWeakProxy extends WeakProxy {

}
