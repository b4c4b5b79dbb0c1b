package io.weakref.context;

import io.weakref.collection.WeakCollectionBuilder;

/**
 * Changes weak caches before they are made. Beans of this type see every cache that the
 * {@link WeakCacheRegistry} makes, whether it is declared or asked for, in the order of
 * {@link org.springframework.core.annotation.Order @Order}; what they set wins over
 * properties. A cache that the application builds itself is none of theirs.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface WeakCacheBuilderCustomizer {

	/**
	 * Customize a cache. Called without a lock held; where two threads ask for a new name
	 * at once, it may be called for a cache that is then thrown away.
	 * @param builder the builder of the cache, which is that of its
	 * {@link WeakCollectionBuilder#kind() kind}. Its {@link WeakCollectionBuilder#name()
	 * name} is set and must stay; to change it is an {@code IllegalStateException}
	 */
	void customize(WeakCollectionBuilder<?> builder);

}
