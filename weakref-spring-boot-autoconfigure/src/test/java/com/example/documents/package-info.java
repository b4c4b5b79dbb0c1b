/**
 * An application with weak caches, and the tests that its authors write.
 */
@NullMarked
package com.example.documents;

import org.jspecify.annotations.NullMarked;
