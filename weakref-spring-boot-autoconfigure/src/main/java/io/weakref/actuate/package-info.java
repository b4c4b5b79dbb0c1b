/**
 * What Spring Boot's actuator shows of weak caches: endpoints and a health indicator.
 */
@NullMarked
package io.weakref.actuate;

import org.jspecify.annotations.NullMarked;
