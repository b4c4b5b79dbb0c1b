package io.weakref.reference;

/**
 * Marks {@linkplain WeakProxy weak proxies} of a functional interface.
 */
public interface CallableWeakProxy extends WeakProxy {

}
