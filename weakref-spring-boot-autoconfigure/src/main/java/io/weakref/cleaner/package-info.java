/**
 * The cleaner, which notices garbage collections, removes dead entries and submits
 * callbacks to an executor.
 * <ul>
 * <li>{@link WeakCleaner}: build, inspect and close a cleaner</li>
 * <li>{@link CallbackErrorHandler}: handles what callbacks throw</li>
 * <li>{@link CleanerStats}: what a cleaner has done</li>
 * </ul>
 * {@link CleanerInternals} is internal: it is public only for the other packages of this
 * library.
 */
@NullMarked
package io.weakref.cleaner;

import org.jspecify.annotations.NullMarked;
