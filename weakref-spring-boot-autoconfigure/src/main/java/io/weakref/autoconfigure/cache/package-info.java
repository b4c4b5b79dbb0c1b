/**
 * Auto-configuration of Spring's cache abstraction over weak caches:
 * {@link WeakCacheManagerAutoConfiguration}.
 */
@NullMarked
package io.weakref.autoconfigure.cache;

import org.jspecify.annotations.NullMarked;
