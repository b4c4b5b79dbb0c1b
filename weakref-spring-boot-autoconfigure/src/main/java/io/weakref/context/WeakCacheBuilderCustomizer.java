package io.weakref.context;

/**
 * Changes weak caches before they are made. Beans of this type see every cache that the
 * {@link WeakCacheRegistry} makes, whether it is declared or asked for, in the order of
 * {@link org.springframework.core.annotation.Order @Order}; what they set wins over
 * properties. A cache that the application builds itself is none of theirs.
 */
@FunctionalInterface
public interface WeakCacheBuilderCustomizer {

	/**
	 * Customize a cache. Called without a lock held; where two threads ask for a new name
	 * at once, it may be called for a cache that is then thrown away.
	 * @param builder the cache to be made
	 */
	void customize(WeakCacheBuilder builder);

}
