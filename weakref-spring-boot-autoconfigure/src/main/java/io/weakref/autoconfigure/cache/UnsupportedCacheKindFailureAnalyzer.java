package io.weakref.autoconfigure.cache;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to write instead where a weak cache is named as a cache of Spring's and
 * cannot be one.
 */
class UnsupportedCacheKindFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedCacheKindException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedCacheKindException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Give weakref.spring-cache.cache-names, or the @Cacheable that asks for the cache, another name than "
						+ "'%1$s', or, if 'weakref.caches.%1$s' declares it, change its kind to values."
							.formatted(cause.getCacheName()),
				cause);
	}

}
