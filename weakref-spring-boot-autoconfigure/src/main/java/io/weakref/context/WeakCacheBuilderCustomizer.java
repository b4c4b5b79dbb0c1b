package io.weakref.context;

import io.weakref.collection.WeakCollectionBuilder;

/**
 * Customizes weak caches before they are created. Beans of this type are called for every
 * cache that the {@link WeakCacheRegistry} creates, declared or on demand, in the order
 * of {@link org.springframework.core.annotation.Order @Order}. What they set overrides
 * properties. They are not called for caches that the application builds itself.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface WeakCacheBuilderCustomizer {

	/**
	 * Customize a cache. Called while no lock is held. If two threads request the same
	 * new name at the same time, it may be called twice, once for a cache that is
	 * discarded.
	 * @param builder the builder of the cache, which is that of its
	 * {@link WeakCollectionBuilder#kind() kind}. Its {@link WeakCollectionBuilder#name()
	 * name} is set and must not be changed, which fails with an
	 * {@code IllegalStateException}
	 */
	void customize(WeakCollectionBuilder<?> builder);

}
