/**
 * Experiments for users of the page: request a garbage collection, let callbacks fail,
 * plant a leak.
 */
@NullMarked
package io.weakref.sample.experiment;

import org.jspecify.annotations.NullMarked;
