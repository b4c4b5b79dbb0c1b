package io.weakref.autoconfigure;

import io.weakref.context.WeakCacheTypeMismatchException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure because a weak cache has another type than an injection point
 * requires.
 */
class WeakCacheTypeMismatchFailureAnalyzer extends AbstractFailureAnalyzer<WeakCacheTypeMismatchException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakCacheTypeMismatchException cause) {
		String name = cause.getCacheName();
		return new FailureAnalysis(
				"%s required the weak cache '%s' to be of type%n%n\t%s%n%nbut it is of type%n%n\t%s"
					.formatted(cause.getInjectionPoint(), name, cause.getRequiredType(), cause.getActualType()),
				"Use the type of the cache, or another name, or change the declaration of the cache: "
						+ "'weakref.caches.%s' with its kind, key-type, value-type or element-type, or its bean."
							.formatted(name),
				cause);
	}

}
