/**
 * The Redis side of the near cache: the second level on top of Spring Data Redis, and the
 * connections on which servers report changes.
 * <ul>
 * <li>{@link RedisSecondLevels}: provides the second level of each cache</li>
 * <li>{@link RedisNearInvalidation}: reports changes</li>
 * <li>{@link NearCacheUnsupportedException}: says why a near cache cannot work with the
 * application's Redis</li>
 * </ul>
 */
@NullMarked
package io.weakref.near.redis;

import org.jspecify.annotations.NullMarked;
