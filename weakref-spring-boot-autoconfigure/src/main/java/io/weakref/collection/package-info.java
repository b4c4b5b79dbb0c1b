/**
 * The weak dictionaries and the weak set, and the one concurrent hash table under them.
 * <ul>
 * <li>{@link WeakValueDictionary}, {@link WeakKeyDictionary} and {@link WeakSet}: the
 * collections</li>
 * <li>{@link WeakCollection} and {@link WeakCacheKind}: what they have in common, and
 * which one is which</li>
 * <li>{@link WeakCollectionBuilder} and {@link WeakKeyedBuilder}: what their builders
 * have in common</li>
 * <li>{@link KeyMatch} and {@link KeyRetention}: options of weak keys and elements</li>
 * <li>{@link WeakStats} and {@link WeakAges}: what a collection counts, and how old its
 * entries are</li>
 * </ul>
 */
@NullMarked
package io.weakref.collection;

import org.jspecify.annotations.NullMarked;
