/**
 * What one can try out: ask for a collection, have callbacks fail.
 */
@NullMarked
package io.weakref.sample.experiment;

import org.jspecify.annotations.NullMarked;
