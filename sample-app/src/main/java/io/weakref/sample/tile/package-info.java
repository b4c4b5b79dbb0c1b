/**
 * The tiles of the Mandelbrot set: their names, their rendering, and the weak cache that
 * contains them.
 */
@NullMarked
package io.weakref.sample.tile;

import org.jspecify.annotations.NullMarked;
