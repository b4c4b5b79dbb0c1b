/**
 * Spring Boot's auto-configuration of weak caches, its properties and its failure
 * analyses.
 */
@NullMarked
package io.weakref.autoconfigure;

import org.jspecify.annotations.NullMarked;
