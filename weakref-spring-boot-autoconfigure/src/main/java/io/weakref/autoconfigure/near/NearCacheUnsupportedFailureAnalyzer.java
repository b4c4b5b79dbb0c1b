package io.weakref.autoconfigure.near;

import io.weakref.near.redis.NearCacheUnsupportedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports what to change if a near cache cannot work with the application's Redis.
 */
class NearCacheUnsupportedFailureAnalyzer extends AbstractFailureAnalyzer<NearCacheUnsupportedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NearCacheUnsupportedException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
	}

}
