package io.weakref.actuate;

import java.util.List;
import java.util.Locale;

import io.weakref.collection.WeakCollection;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.retention.RetentionAnalysis;
import io.weakref.retention.RetentionPath;
import io.weakref.retention.RetentionReport;
import io.weakref.retention.RetentionStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * An {@link Endpoint @Endpoint} that finds out what holds the entries of a weak cache. It
 * writes a heap dump, which pauses the application meanwhile, so access is denied by
 * default.
 *
 * @since 0.1.0
 */
@Endpoint(id = "weakretention", defaultAccess = Access.NONE)
public final class WeakRetentionEndpoint {

	private final WeakCacheRegistry registry;

	private final RetentionAnalysis analysis;

	/**
	 * Create an endpoint.
	 * @param registry the caches that can be examined
	 * @param analysis what examines them
	 */
	public WeakRetentionEndpoint(WeakCacheRegistry registry, RetentionAnalysis analysis) {
		this.registry = registry;
		this.analysis = analysis;
	}

	/**
	 * Show how far the search is, and the last report.
	 * @return the state and what was found
	 */
	@ReadOperation
	public RetentionDescriptor retention() {
		return RetentionDescriptor.of(this.analysis.status());
	}

	/**
	 * Begin to examine a cache.
	 * @param cache its name
	 * @return whether the search was started, or why not
	 */
	@WriteOperation
	public Outcome examine(@Selector String cache) {
		WeakCollection collection = this.registry.find(cache).orElse(null);
		if (collection == null) {
			return Outcome.UNKNOWN_CACHE;
		}
		return this.analysis.start(cache, collection.name()) ? Outcome.STARTED : Outcome.ALREADY_RUNNING;
	}

	/**
	 * Whether the search for what holds a cache was started, or why not.
	 */
	public enum Outcome {

		/** It is being examined. */
		STARTED,

		/** A cache is being examined already. */
		ALREADY_RUNNING,

		/** There is no cache of that name. */
		UNKNOWN_CACHE

	}

	/**
	 * How far the search is, and what was found. What does not apply is {@code null}.
	 *
	 * @param state {@code idle}, {@code running}, {@code done} or {@code failed}
	 * @param cache the name of the cache
	 * @param live how many live entries it has
	 * @param examined how many of them were examined
	 * @param dumpBytes the size of the heap dump
	 * @param error why there is no report
	 * @param paths what holds the entries, the most frequent first
	 */
	public record RetentionDescriptor(String state, @Nullable String cache, @Nullable Integer live,
			@Nullable Integer examined, @Nullable Long dumpBytes, @Nullable String error,
			@Nullable List<RetentionPath> paths) implements OperationResponseBody {

		static RetentionDescriptor of(RetentionStatus status) {
			String state = status.state().name().toLowerCase(Locale.ROOT);
			RetentionReport report = status.report();
			if (report == null) {
				return new RetentionDescriptor(state, status.cache(), null, null, null, status.error(), null);
			}
			return new RetentionDescriptor(state, status.cache(), report.live(), report.examined(), report.dumpBytes(),
					null, report.paths());
		}

	}

}
