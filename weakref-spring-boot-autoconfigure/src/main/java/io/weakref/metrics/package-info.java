/**
 * Micrometer meters of the weak collections and of their cleaner.
 */
@NullMarked
package io.weakref.metrics;

import org.jspecify.annotations.NullMarked;
