/**
 * The Redis side of the near cache: the second level behind Spring Data Redis, and the
 * connections on which servers tell of changes.
 * <ul>
 * <li>{@link RedisSecondLevels}: gives the second level of each cache</li>
 * <li>{@link RedisNearInvalidation}: tells of changes</li>
 * <li>{@link NearCacheUnsupportedException}: says why neither can work with the
 * application's Redis</li>
 * </ul>
 */
@NullMarked
package io.weakref.near.redis;

import org.jspecify.annotations.NullMarked;
