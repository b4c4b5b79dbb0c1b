package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheNameReservedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes that a weak cache has the name of a bean of Spring's.
 */
class WeakCacheNameReservedFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheNameReservedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheNameReservedException cause) {
		return new FailureAnalysis(
				"'%s' makes a bean named '%s', and this name belongs to Spring, which has or looks for a bean of its "
					.formatted(cause.getOrigin(), cause.getCacheName()) + "own under it.",
				"Give the cache another name, such as %sCache.".formatted(cause.getCacheName()), cause);
	}

}
