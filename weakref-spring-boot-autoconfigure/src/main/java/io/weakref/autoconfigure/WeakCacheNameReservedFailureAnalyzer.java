package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheNameReservedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes that a weak cache has a name that Spring uses for a bean of its own.
 */
class WeakCacheNameReservedFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheNameReservedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheNameReservedException cause) {
		return new FailureAnalysis(
				"'%s' would create a bean named '%s', but Spring has or looks for a bean of its "
					.formatted(cause.getOrigin(), cause.getCacheName()) + "own under that name.",
				"Give the cache another name, such as %sCache.".formatted(cause.getCacheName()), cause);
	}

}
