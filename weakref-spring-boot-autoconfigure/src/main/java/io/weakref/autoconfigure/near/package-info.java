/**
 * Auto-configuration of the near cache.
 * <ul>
 * <li>{@link NearCacheAutoConfiguration}: the cache manager</li>
 * <li>{@link NearCacheMetricsAutoConfiguration}: its meters</li>
 * <li>{@link NearCacheHealthContributorAutoConfiguration}: its health</li>
 * <li>{@link NearCacheLibrariesAutoConfiguration}: the failure if a library is
 * missing</li>
 * <li>{@link NearCacheProperties}: the properties</li>
 * </ul>
 */
@NullMarked
package io.weakref.autoconfigure.near;

import org.jspecify.annotations.NullMarked;
