package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheNameReservedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure because the name of a weak cache is reserved.
 */
class WeakCacheNameReservedFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheNameReservedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheNameReservedException cause) {
		return new FailureAnalysis(
				"'%s' would create a bean named '%s', but that name is reserved for a bean of Spring or of this library."
					.formatted(cause.getOrigin(), cause.getCacheName()),
				"Give the cache another name, such as %sCache.".formatted(cause.getCacheName()), cause);
	}

}
