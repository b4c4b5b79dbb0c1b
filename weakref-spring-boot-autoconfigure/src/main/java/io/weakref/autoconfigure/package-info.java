/**
 * Spring Boot's auto-configuration of weak caches, its properties and its failure
 * analyses.
 * <ul>
 * <li>{@link WeakrefAutoConfiguration}: the caches and their cleaner</li>
 * <li>{@link WeakrefEndpointAutoConfiguration},
 * {@link WeakRetentionEndpointAutoConfiguration} and
 * {@link WeakrefHealthContributorAutoConfiguration}: the actuator</li>
 * <li>{@link WeakrefProperties}: the properties</li>
 * <li>{@link ConditionalOnSwitch}: a condition on a property</li>
 * </ul>
 */
@NullMarked
package io.weakref.autoconfigure;

import org.jspecify.annotations.NullMarked;
