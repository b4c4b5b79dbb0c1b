/**
 * Auto-configuration of the Micrometer meters.
 * <ul>
 * <li>{@link WeakrefMetricsAutoConfiguration}: the {@code weakref.*} meters</li>
 * <li>{@link WeakCacheMetricsAutoConfiguration}: the {@code cache.*} meters of Spring's
 * cache abstraction</li>
 * </ul>
 */
@NullMarked
package io.weakref.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
