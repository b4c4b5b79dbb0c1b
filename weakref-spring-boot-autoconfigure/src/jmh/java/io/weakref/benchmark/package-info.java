/**
 * Benchmarks against the alternatives that a user could choose. Every figure is a ratio
 * between contenders of one run.
 */
@NullMarked
package io.weakref.benchmark;

import org.jspecify.annotations.NullMarked;
