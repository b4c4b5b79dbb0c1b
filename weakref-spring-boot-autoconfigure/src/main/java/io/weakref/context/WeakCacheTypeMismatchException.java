package io.weakref.context;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.core.ResolvableType;

/**
 * Thrown when {@link WeakCache @WeakCache} requests a cache by a name that belongs to a
 * cache bean of another type.
 *
 * @since 0.1.0
 */
public class WeakCacheTypeMismatchException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The name that was requested. */
	private final String cacheName;

	/** The type at the injection point. */
	private final String requiredType;

	/** The type of the bean that has the name. */
	private final String actualType;

	/** The injection point, in words. */
	private final String injectionPoint;

	WeakCacheTypeMismatchException(String cacheName, ResolvableType requiredType, ResolvableType actualType,
			InjectionPoint injectionPoint) {
		super("%s required the weak cache '%s' to be of type %s, but it is of type %s"
			.formatted(OnDemandCaches.describe(injectionPoint), cacheName, requiredType, actualType));
		this.cacheName = cacheName;
		this.requiredType = requiredType.toString();
		this.actualType = actualType.toString();
		this.injectionPoint = OnDemandCaches.describe(injectionPoint);
	}

	/**
	 * Return the name that was requested.
	 * @return the cache name
	 */
	public String getCacheName() {
		return this.cacheName;
	}

	/**
	 * Return the type at the injection point.
	 * @return the type, with its arguments
	 */
	public String getRequiredType() {
		return this.requiredType;
	}

	/**
	 * Return the type of the cache.
	 * @return the type, with its arguments
	 */
	public String getActualType() {
		return this.actualType;
	}

	/**
	 * Return where the cache was requested.
	 * @return the injection point, in words
	 */
	public String getInjectionPoint() {
		return this.injectionPoint;
	}

}
