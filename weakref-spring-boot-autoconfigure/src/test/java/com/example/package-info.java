/**
 * An application that consists of the code in the README and on the pages.
 */
@NullMarked
package com.example;

import org.jspecify.annotations.NullMarked;
