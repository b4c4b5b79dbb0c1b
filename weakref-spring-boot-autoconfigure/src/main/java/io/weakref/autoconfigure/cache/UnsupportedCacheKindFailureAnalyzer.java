package io.weakref.autoconfigure.cache;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports what to write instead if a weak cache of an unsupported kind is requested as a
 * Spring cache.
 */
class UnsupportedCacheKindFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedCacheKindException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedCacheKindException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				("Use another name than '%1$s' in weakref.spring-cache.cache-names or in the @Cacheable that requests "
						+ "the cache. Or, if 'weakref.caches.%1$s' declares the cache, change its kind to values.")
					.formatted(cause.getCacheName()),
				cause);
	}

}
