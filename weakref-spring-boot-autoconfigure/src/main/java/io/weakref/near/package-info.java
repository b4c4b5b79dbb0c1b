/**
 * The near cache: one shared instance of each value in this JVM, in front of a second
 * level that all JVMs share. This package depends on no product: the second level and the
 * source of its changes are interfaces.
 * <ul>
 * <li>{@link NearCacheManager} and {@link NearCache}: the cache manager and its caches;
 * {@link NearStats}: what a cache counts; {@link NearKey}: a key of its first level</li>
 * <li>{@link SecondLevel} and {@link NearInvalidation}: to be implemented for another
 * product</li>
 * <li>{@link WhileUntrusted}: an option</li>
 * </ul>
 */
@NullMarked
package io.weakref.near;

import org.jspecify.annotations.NullMarked;
