/**
 * Tests that check the README and all pages against the code.
 */
@NullMarked
package io.weakref.documentation;

import org.jspecify.annotations.NullMarked;
