/**
 * Weak references with callbacks, weak proxies, finalizers and weak methods, modelled on
 * Python's {@code weakref} module.
 * <ul>
 * <li>{@link WeakRef}: a weak reference, optionally with a callback; {@link WeakRefs}
 * finds those to an object</li>
 * <li>{@link WeakProxy} and {@link CallableWeakProxy}: forward calls to an object that
 * they do not keep alive</li>
 * <li>{@link WeakMethod}: a reference to a method that does not keep its target
 * alive</li>
 * <li>{@link Finalizer} and its {@link Registration}: an action to run once an object has
 * died</li>
 * <li>{@link ReferentPolicy} and {@link ReferentCheck}: which objects are not suitable as
 * weak referents, and what a weak collection does with them</li>
 * <li>{@link DeadReferenceException}, {@link NotReferenceableException} and
 * {@link UnhashableReferenceException}: what calls throw</li>
 * </ul>
 */
@NullMarked
package io.weakref.reference;

import org.jspecify.annotations.NullMarked;
