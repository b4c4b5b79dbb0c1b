/**
 * Reads a heap dump and finds what holds the entries of a weak collection. Knows the
 * collections only by the names of their classes and fields, since it reads dumps in a
 * JVM that has nothing but this package.
 * <ul>
 * <li>{@link RetentionCommand}: does so on the command line</li>
 * <li>{@link RetentionAnalysis}: does so for this JVM, in the background;
 * {@link RetentionStatus} says how far it is</li>
 * <li>{@link RetentionReport}, {@link RetentionPath} and {@link RetentionRoot}: what it
 * found</li>
 * </ul>
 */
@NullMarked
package io.weakref.retention;

import org.jspecify.annotations.NullMarked;
