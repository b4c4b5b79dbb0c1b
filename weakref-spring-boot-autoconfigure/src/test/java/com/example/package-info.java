/**
 * An application made of the code in the README and the pages.
 */
@NullMarked
package com.example;

import org.jspecify.annotations.NullMarked;
