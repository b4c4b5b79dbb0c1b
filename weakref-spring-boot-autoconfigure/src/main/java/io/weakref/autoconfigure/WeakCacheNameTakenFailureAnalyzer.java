package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheNameTakenException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes that two weak caches have the same name.
 */
class WeakCacheNameTakenFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheNameTakenException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheNameTakenException cause) {
		return new FailureAnalysis(
				"Two weak caches have the same name '%s':%n%n\t- %s has it%n\t- %s needs it too"
					.formatted(cause.getCacheName(), cause.getHolder(), cause.getClaimant()),
				"Give one of them another name. A cache has the name that is given under 'weakref.caches' or in "
						+ "@WeakCache. One that the application builds as a bean has the value of its qualifier, "
						+ "otherwise the name given to the builder, otherwise the name of the bean.",
				cause);
	}

}
