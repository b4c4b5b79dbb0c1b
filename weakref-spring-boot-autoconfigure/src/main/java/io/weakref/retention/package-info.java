/**
 * Reads a heap dump and finds what holds the entries of a weak collection. This package
 * knows the weak collections only by the names of their classes and fields, because it
 * reads dumps in a JVM that has only this package on its class path.
 * <ul>
 * <li>{@link RetentionCommand}: the search on the command line</li>
 * <li>{@link RetentionAnalysis}: the search in this JVM, in the background;
 * {@link RetentionStatus}: its status</li>
 * <li>{@link RetentionReport}, {@link RetentionPath} and {@link RetentionRoot}: its
 * result</li>
 * </ul>
 */
@NullMarked
package io.weakref.retention;

import org.jspecify.annotations.NullMarked;
