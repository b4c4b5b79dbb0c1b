/**
 * Spring's cache abstraction on top of weak value dictionaries.
 * <ul>
 * <li>{@link WeakCacheManager}: the cache manager</li>
 * <li>{@link WeakValueCache}: its caches</li>
 * </ul>
 */
@NullMarked
package io.weakref.cache;

import org.jspecify.annotations.NullMarked;
