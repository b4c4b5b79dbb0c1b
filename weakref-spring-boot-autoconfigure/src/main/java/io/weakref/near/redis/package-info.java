/**
 * The Redis side of the near cache: the second level behind Spring Data Redis, and the
 * connections on which servers tell of changes.
 */
@NullMarked
package io.weakref.near.redis;

import org.jspecify.annotations.NullMarked;
