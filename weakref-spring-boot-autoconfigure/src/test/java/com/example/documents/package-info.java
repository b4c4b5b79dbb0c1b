/**
 * An application with weak caches, and tests as its developers would write them.
 */
@NullMarked
package com.example.documents;

import org.jspecify.annotations.NullMarked;
