/**
 * Benchmarks against what a user could pick instead. Every figure is a ratio between
 * contenders of one run.
 */
@NullMarked
package io.weakref.benchmark;

import org.jspecify.annotations.NullMarked;
