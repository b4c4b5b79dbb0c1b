/**
 * The Mandelbrot explorer: an application whose tiles live in a weak cache as long as
 * somebody looks at them.
 */
@NullMarked
package io.weakref.sample;

import org.jspecify.annotations.NullMarked;
