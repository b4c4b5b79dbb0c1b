/**
 * The weak dictionaries and the weak set, and the one concurrent hash table under them.
 */
@NullMarked
package io.weakref.collection;

import org.jspecify.annotations.NullMarked;
