/**
 * Who is looking: sessions that hold what their viewport shows, real ones and simulated
 * ones.
 */
@NullMarked
package io.weakref.sample.viewer;

import org.jspecify.annotations.NullMarked;
