/**
 * An application made of the recipes of the README.
 */
@NullMarked
package com.example;

import org.jspecify.annotations.NullMarked;
