package io.weakref.autoconfigure;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;

/**
 * Thrown when a cached method names the {@code weakCacheManager} but there is no such
 * bean.
 */
class NoWeakCacheManagerException extends NoSuchBeanDefinitionException {

	private static final long serialVersionUID = 1L;

	/** The class and the name of the method. */
	private final String method;

	NoWeakCacheManagerException(String method) {
		super(WeakCacheManagerReferences.BEAN_NAME, "%s uses it as its cache manager".formatted(method));
		this.method = method;
	}

	String getMethod() {
		return this.method;
	}

}
