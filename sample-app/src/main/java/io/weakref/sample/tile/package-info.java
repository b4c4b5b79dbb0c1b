/**
 * Tiles of the Mandelbrot set: their names, their rendering, and the weak cache they live
 * in.
 */
@NullMarked
package io.weakref.sample.tile;

import org.jspecify.annotations.NullMarked;
