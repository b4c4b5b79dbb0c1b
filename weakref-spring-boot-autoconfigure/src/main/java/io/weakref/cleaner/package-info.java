/**
 * The cleaner: the thread that notices garbage collections, has dead entries removed and
 * hands callbacks to an executor.
 * <ul>
 * <li>{@link WeakCleaner}: to build one, to look at it, to close it</li>
 * <li>{@link CallbackErrorHandler}: is told what callbacks throw</li>
 * <li>{@link CleanerStats}: what a cleaner has done</li>
 * </ul>
 * {@link CleanerInternals} is internal: public for this library's own packages, and for
 * nobody else.
 */
@NullMarked
package io.weakref.cleaner;

import org.jspecify.annotations.NullMarked;
