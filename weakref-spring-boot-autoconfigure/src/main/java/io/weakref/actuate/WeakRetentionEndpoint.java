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
 * writes a heap dump, which pauses the application, so access is denied by default.
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
	 * @param analysis examines the caches
	 */
	public WeakRetentionEndpoint(WeakCacheRegistry registry, RetentionAnalysis analysis) {
		this.registry = registry;
		this.analysis = analysis;
	}

	/**
	 * Show the state of the analysis, and the last report.
	 * @return the state and the report
	 */
	@ReadOperation
	public RetentionDescriptor retention() {
		return RetentionDescriptor.of(this.analysis.status());
	}

	/**
	 * Start to analyze what holds the entries of a cache.
	 * @param cache its name
	 * @return whether the analysis was started, or why not
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
	 * Whether an analysis was started, or why not.
	 */
	public enum Outcome {

		/** The analysis was started. */
		STARTED,

		/** Another analysis is running. */
		ALREADY_RUNNING,

		/** There is no cache with that name. */
		UNKNOWN_CACHE

	}

	/**
	 * The state of the analysis, and the last report. Components that do not apply are
	 * {@code null}.
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
