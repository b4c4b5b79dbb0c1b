/**
 * The near cache: one shared instance of a value in this JVM before the one truth that
 * all JVMs have in common. Knows no product: the second level and what tells of its
 * changes are interfaces.
 * <ul>
 * <li>{@link NearCacheManager} and {@link NearCache}: the cache manager and a cache of
 * it; {@link NearStats} is what that counts, {@link NearKey} a key of its first
 * level</li>
 * <li>{@link SecondLevel} and {@link NearInvalidation}: to be implemented for another
 * product</li>
 * <li>{@link WhileUntrusted}: an option</li>
 * </ul>
 */
@NullMarked
package io.weakref.near;

import org.jspecify.annotations.NullMarked;
