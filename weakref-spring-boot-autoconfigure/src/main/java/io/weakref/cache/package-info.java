/**
 * Spring's cache abstraction over weak value dictionaries.
 * <ul>
 * <li>{@link WeakCacheManager}: the cache manager</li>
 * <li>{@link WeakValueCache}: a cache of it</li>
 * </ul>
 */
@NullMarked
package io.weakref.cache;

import org.jspecify.annotations.NullMarked;
