package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheNameTakenException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure because two weak caches have the same name.
 */
class WeakCacheNameTakenFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheNameTakenException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheNameTakenException cause) {
		return new FailureAnalysis(
				"Two weak caches have the same name '%s':%n%n\t- %s has it%n\t- %s needs it too"
					.formatted(cause.getCacheName(), cause.getHolder(), cause.getClaimant()),
				"Give one of them another name. The name of a cache is set under 'weakref.caches' or in @WeakCache. "
						+ "The name of a cache that the application builds as a bean is the value of its qualifier, "
						+ "otherwise the name given to the builder, otherwise the name of the bean.",
				cause);
	}

}
