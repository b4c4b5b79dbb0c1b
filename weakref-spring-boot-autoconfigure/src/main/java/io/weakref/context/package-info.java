/**
 * Weak caches in a plain Spring application: the registry, the qualifier, the beans for
 * declared, requested and adopted caches, and the lifecycle of the cleaner.
 */
@NullMarked
package io.weakref.context;

import org.jspecify.annotations.NullMarked;
