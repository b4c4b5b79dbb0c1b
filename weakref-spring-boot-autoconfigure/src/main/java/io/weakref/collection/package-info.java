/**
 * The weak dictionaries, the weak set and the per-key locks, and the concurrent hash
 * table on which they are built.
 * <ul>
 * <li>{@link WeakValueDictionary}, {@link WeakKeyDictionary}, {@link WeakSet} and
 * {@link WeakLocks}: the collections</li>
 * <li>{@link WeakCollection} and {@link WeakCacheKind}: what they have in common, and
 * their kinds</li>
 * <li>{@link WeakCollectionBuilder} and {@link WeakKeyedBuilder}: what their builders
 * have in common</li>
 * <li>{@link KeyMatch} and {@link KeyRetention}: options of weak keys and elements</li>
 * <li>{@link WeakStats}, {@link WeakAges} and {@link HoldStats}: what a collection
 * counts, how old its entries are, and what it holds</li>
 * </ul>
 */
@NullMarked
package io.weakref.collection;

import org.jspecify.annotations.NullMarked;
