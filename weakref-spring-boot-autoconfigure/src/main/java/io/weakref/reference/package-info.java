/**
 * Weak references with callbacks, proxies, finalizers and weak methods, after the model
 * of Python's {@code weakref} module.
 * <ul>
 * <li>{@link WeakRef}: a weak reference, with a callback where one is given;
 * {@link WeakRefs} finds those of an object</li>
 * <li>{@link WeakProxy} and {@link CallableWeakProxy}: stand in for an object that they
 * do not hold</li>
 * <li>{@link WeakMethod}: a method of an object that it does not hold</li>
 * <li>{@link Finalizer} and its {@link Registration}: an action to run once an object has
 * died</li>
 * <li>{@link ReferentPolicy} and {@link ReferentCheck}: what cannot usefully be referred
 * to weakly, and what a collection does with it</li>
 * <li>{@link DeadReferenceException}, {@link NotReferenceableException} and
 * {@link UnhashableReferenceException}: what calls throw</li>
 * </ul>
 */
@NullMarked
package io.weakref.reference;

import org.jspecify.annotations.NullMarked;
