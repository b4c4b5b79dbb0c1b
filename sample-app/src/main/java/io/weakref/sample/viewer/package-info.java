/**
 * The viewers: sessions, real and simulated, that hold the tiles that their viewport
 * shows.
 */
@NullMarked
package io.weakref.sample.viewer;

import org.jspecify.annotations.NullMarked;
