/**
 * Holds the README and all pages to what is there.
 */
@NullMarked
package io.weakref.documentation;

import org.jspecify.annotations.NullMarked;
