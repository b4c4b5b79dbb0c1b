/**
 * Actuator endpoints and health indicators of weak caches.
 * <ul>
 * <li>{@link WeakrefEndpoint} and {@link WeakrefEndpointWebExtension}: the endpoint
 * {@code weakrefs}</li>
 * <li>{@link WeakRetentionEndpoint} and {@link WeakRetentionEndpointWebExtension}: the
 * endpoint {@code weakretention}</li>
 * <li>{@link WeakrefHealthIndicator} and {@link NearCacheHealthIndicator}: the health
 * indicators</li>
 * </ul>
 */
@NullMarked
package io.weakref.actuate;

import org.jspecify.annotations.NullMarked;
