/**
 * Micrometer meters of the weak collections and of their cleaner.
 * <ul>
 * <li>{@link WeakCollectionMetrics}: the {@code weakref.*} meters of a collection</li>
 * <li>{@link WeakCleanerMetrics}: the {@code weakref.*} meters of a cleaner</li>
 * <li>{@link WeakValueDictionaryMetrics}: Micrometer's {@code cache.*} meters of a
 * dictionary</li>
 * <li>{@link BoundMeters}: for binders of further meters, which must remove only their
 * own</li>
 * </ul>
 */
@NullMarked
package io.weakref.metrics;

import org.jspecify.annotations.NullMarked;
