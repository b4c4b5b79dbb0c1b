/**
 * The near cache: one shared instance of a value in this JVM before the one truth that
 * all JVMs have in common. Knows no product: the second level and what tells of its
 * changes are interfaces.
 */
@NullMarked
package io.weakref.near;

import org.jspecify.annotations.NullMarked;
