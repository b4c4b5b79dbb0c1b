/**
 * Weak caches in a plain Spring application: the registry, the qualifier, the beans for
 * caches that are declared, requested or built by the application, and the lifecycle of
 * the cleaner.
 * <ul>
 * <li>{@link WeakCacheRegistry}: the caches by name</li>
 * <li>{@link WeakCache}: requests a cache by its name</li>
 * <li>{@link WeakCacheBuilderCustomizer}: changes caches before they are created</li>
 * <li>{@link WeakTargetSource}: weak proxies of classes</li>
 * <li>{@link WeakCacheNameTakenException}, {@link WeakCacheNameReservedException} and
 * {@link WeakCacheTypeMismatchException}: the exceptions</li>
 * </ul>
 * The other types are the beans that Spring Boot's auto-configuration creates. An
 * application without it can create them itself:
 * <ul>
 * <li>{@link WeakCacheBeanRegistrar} with {@link WeakCacheDeclaration},
 * {@link OnDemandCacheBeans} and {@link WeakCacheBeanPostProcessor}: caches that are
 * declared, requested by name, and built by the application</li>
 * <li>{@link WeakCleanerLifecycle} and {@link CallbackExecutor}: the cleaner</li>
 * <li>{@link NeverShrinksWarning}: a warning in the log</li>
 * </ul>
 */
@NullMarked
package io.weakref.context;

import org.jspecify.annotations.NullMarked;
