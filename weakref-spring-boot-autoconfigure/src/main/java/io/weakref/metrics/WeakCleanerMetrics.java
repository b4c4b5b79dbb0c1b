package io.weakref.metrics;

import java.util.Objects;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weakref.cleaner.CleanerStats;
import io.weakref.cleaner.WeakCleaner;

/**
 * The meters of a cleaner: completed, failed and pending callbacks. They hold the cleaner
 * weakly.
 *
 * @since 0.1.0
 */
public final class WeakCleanerMetrics implements MeterBinder {

	private final WeakCleaner cleaner;

	private final Tags tags;

	private final BoundMeters bound = new BoundMeters();

	/**
	 * Create the meters of a cleaner, which have its name as the tag {@code cleaner}.
	 * @param cleaner the cleaner
	 */
	public WeakCleanerMetrics(WeakCleaner cleaner) {
		this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
		this.tags = Tags.of("cleaner", cleaner.name());
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		counter(registry, "weakref.callbacks", CleanerStats::callbacks,
				"Completed callbacks, including those that failed");
		counter(registry, "weakref.callback.errors", CleanerStats::callbackErrors,
				"Callbacks that threw or were refused by the executor");
		this.bound.add(registry, "Callbacks that are queued or running",
				(description) -> Gauge
					.builder("weakref.callbacks.pending", this.cleaner, (cleaner) -> cleaner.stats().pendingCallbacks())
					.tags(this.tags)
					.description(description)
					.register(registry));
	}

	/**
	 * Remove from a registry the meters that this binder added to it.
	 * @param registry the registry
	 */
	public void unbindFrom(MeterRegistry registry) {
		this.bound.removeFrom(registry);
	}

	private void counter(MeterRegistry registry, String name, ToDoubleFunction<CleanerStats> figure,
			String description) {
		this.bound.add(registry, description,
				(text) -> FunctionCounter
					.builder(name, this.cleaner, (cleaner) -> figure.applyAsDouble(cleaner.stats()))
					.tags(this.tags)
					.description(text)
					.register(registry));
	}

}
