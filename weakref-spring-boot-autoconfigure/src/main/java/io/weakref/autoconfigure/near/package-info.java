/**
 * Auto-configuration of the near cache.
 */
@NullMarked
package io.weakref.autoconfigure.near;

import org.jspecify.annotations.NullMarked;
