/**
 * The application's own meters, read for the page's charts.
 */
@NullMarked
package io.weakref.sample.meter;

import org.jspecify.annotations.NullMarked;
