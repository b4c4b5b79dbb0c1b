/**
 * Weak references with callbacks, proxies, finalizers and weak methods, after the model
 * of Python's {@code weakref} module.
 */
@NullMarked
package io.weakref.reference;

import org.jspecify.annotations.NullMarked;
