/**
 * Reads a heap dump and finds what holds the entries of a weak collection. Knows the
 * collections only by the names of their classes and fields, since it reads dumps in a
 * JVM that has nothing but this package.
 */
@NullMarked
package io.weakref.retention;

import org.jspecify.annotations.NullMarked;
