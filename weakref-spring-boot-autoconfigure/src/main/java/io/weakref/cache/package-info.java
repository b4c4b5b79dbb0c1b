/**
 * Spring's cache abstraction over weak value dictionaries.
 */
@NullMarked
package io.weakref.cache;

import org.jspecify.annotations.NullMarked;
