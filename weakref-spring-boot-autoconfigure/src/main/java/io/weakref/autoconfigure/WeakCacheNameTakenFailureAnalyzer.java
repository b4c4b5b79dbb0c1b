package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheNameTakenException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes that two weak caches want one name.
 */
class WeakCacheNameTakenFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheNameTakenException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheNameTakenException cause) {
		return new FailureAnalysis(
				"Two weak caches want the name '%s':%n%n\t- %s has it%n\t- %s wants it too"
					.formatted(cause.getCacheName(), cause.getHolder(), cause.getClaimant()),
				"Give one of them another name. A name is one cache of one kind: a cache that is declared under "
						+ "'weakref.caches' or asked for with @WeakCache has the name given there, one that a bean "
						+ "builds has its qualifier's value, or else the builder's name, or else the bean's name.",
				cause);
	}

}
