/**
 * Weak caches in a plain Spring application: the registry, the qualifier, the beans for
 * declared, requested and adopted caches, and the lifecycle of the cleaner.
 * <ul>
 * <li>{@link WeakCacheRegistry}: the caches by name</li>
 * <li>{@link WeakCache}: asks for a cache by its name</li>
 * <li>{@link WeakCacheBuilderCustomizer}: changes caches before they are made</li>
 * <li>{@link WeakTargetSource}: weak proxies of classes</li>
 * <li>{@link WeakCacheNameTakenException}, {@link WeakCacheNameReservedException} and
 * {@link WeakCacheTypeMismatchException}: what is thrown</li>
 * </ul>
 * The rest are the beans that Spring Boot's auto-configuration makes, for an application
 * that makes them itself:
 * <ul>
 * <li>{@link WeakCacheBeanRegistrar} with {@link WeakCacheDeclaration},
 * {@link OnDemandCacheBeans} and {@link WeakCacheBeanPostProcessor}: for caches that are
 * declared, that are asked for, and that the application builds</li>
 * <li>{@link WeakCleanerLifecycle} and {@link CallbackExecutor}: for the cleaner</li>
 * <li>{@link NeverShrinksWarning}: for the log</li>
 * </ul>
 */
@NullMarked
package io.weakref.context;

import org.jspecify.annotations.NullMarked;
