/**
 * The cleaner: the thread that learns of collections, has dead entries removed and hands
 * callbacks to an executor.
 */
@NullMarked
package io.weakref.cleaner;

import org.jspecify.annotations.NullMarked;
