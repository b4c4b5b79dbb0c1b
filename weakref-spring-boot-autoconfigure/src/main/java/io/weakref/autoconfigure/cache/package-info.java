/**
 * Auto-configuration of Spring's cache abstraction on top of weak caches:
 * {@link WeakCacheManagerAutoConfiguration}.
 */
@NullMarked
package io.weakref.autoconfigure.cache;

import org.jspecify.annotations.NullMarked;
