/**
 * What Spring Boot's actuator shows of weak caches: an endpoint and a health indicator.
 */
@NullMarked
package io.weakref.actuate;

import org.jspecify.annotations.NullMarked;
