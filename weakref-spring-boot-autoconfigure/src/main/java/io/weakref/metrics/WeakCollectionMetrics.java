package io.weakref.metrics;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weakref.collection.HoldStats;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakStats;
import io.weakref.collection.WeakValueDictionary;

/**
 * The meters of one weak collection. They read the figures of the collection and count
 * nothing themselves.
 * <p>
 * Meters hold the collection weakly. The caller must keep a reference to the collection
 * as long as the meters should report.
 *
 * @since 0.1.0
 */
public final class WeakCollectionMetrics implements MeterBinder {

	private final WeakCollection collection;

	private final Tags tags;

	private final BoundMeters bound = new BoundMeters();

	/**
	 * Create the meters of a collection. If the collection does not record statistics,
	 * there are no meters for lookups, loads and puts.
	 * @param collection the collection
	 * @param cache the value of the tag {@code cache}
	 */
	public WeakCollectionMetrics(WeakCollection collection, String cache) {
		this.collection = Objects.requireNonNull(collection, "collection");
		this.tags = Tags.of("cache", cache, "kind", collection.kind().toString());
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.bound.add(registry, "Entries of the cache, including dead ones that are not removed yet",
				(description) -> Gauge.builder("weakref.live", this.collection, WeakCollection::size)
					.tags(this.tags)
					.description(description)
					.register(registry));
		this.bound.add(registry, "Share of the sampled entries that have outlived 5 old garbage collections",
				(description) -> Gauge
					.builder("weakref.aged", this.collection, (collection) -> collection.ages().agedShare())
					.tags(this.tags)
					.description(description)
					.register(registry));
		counter(registry, "weakref.purged", Tags.empty(), WeakStats::purged,
				"Entries removed because their weak side had died");
		if (this.collection.isRecordingStats()) {
			counter(registry, "weakref.gets", Tags.of("result", "hit"), WeakStats::hits,
					"Lookups, by whether they found a live entry");
			counter(registry, "weakref.gets", Tags.of("result", "miss"), WeakStats::misses,
					"Lookups, by whether they found a live entry");
		}
		switch (this.collection.kind()) {
			case VALUES -> {
				bindWrites(registry);
				bindLoads(registry);
				bindHold(registry, (WeakValueDictionary<?, ?>) this.collection);
			}
			case KEYS -> {
				bindWrites(registry);
				bindLoads(registry);
			}
			case SET -> bindWrites(registry);
			case LOCKS -> bindWaits(registry, (WeakLocks<?>) this.collection);
		}
	}

	private void bindWrites(MeterRegistry registry) {
		if (this.collection.isRecordingStats()) {
			counter(registry, "weakref.puts", Tags.empty(), WeakStats::puts, "Entries stored or replaced");
		}
	}

	private void bindLoads(MeterRegistry registry) {
		if (!this.collection.isRecordingStats()) {
			return;
		}
		this.bound.add(registry, "Functions that computed a value for the cache, including those that failed",
				(description) -> FunctionTimer
					.builder("weakref.loads", this.collection, (collection) -> collection.stats().loads(),
							(collection) -> collection.stats().totalLoadNanos(), TimeUnit.NANOSECONDS)
					.tags(this.tags)
					.description(description)
					.register(registry));
		counter(registry, "weakref.load.failures", Tags.empty(), WeakStats::loadFailures,
				"Functions that threw instead of computing a value for the cache");
	}

	private void bindWaits(MeterRegistry registry, WeakLocks<?> locks) {
		this.bound
			.add(registry, "Acquisitions of a lock that had to wait for another thread", (description) -> FunctionTimer
				.builder("weakref.lock.waits", locks, WeakLocks::waits, WeakLocks::totalWaitNanos, TimeUnit.NANOSECONDS)
				.tags(this.tags)
				.description(description)
				.register(registry));
	}

	private void bindHold(MeterRegistry registry, WeakValueDictionary<?, ?> values) {
		if (values.isHolding()) {
			this.bound.add(registry, "Values that the cache itself holds for some time after their last use",
					(description) -> Gauge.builder("weakref.held", values, WeakValueDictionary::heldCount)
						.tags(this.tags)
						.description(description)
						.register(registry));
			released(registry, values, "time", HoldStats::releasedByTime);
			released(registry, values, "size", HoldStats::releasedBySize);
			released(registry, values, "memory", HoldStats::releasedByMemory);
		}
		if (values.isRecordingStats()) {
			this.bound.add(registry, "Misses of keys whose values had died within the last minutes",
					(description) -> FunctionCounter.builder("weakref.hold.lost", values, WeakValueDictionary::lostHits)
						.tags(this.tags)
						.description(description)
						.register(registry));
		}
	}

	private void released(MeterRegistry registry, WeakValueDictionary<?, ?> values, String cause,
			ToDoubleFunction<HoldStats> figure) {
		this.bound.add(registry, "Values that the cache has stopped holding, by cause", (description) -> FunctionCounter
			.builder("weakref.hold.released", values, (dictionary) -> figure.applyAsDouble(dictionary.holdStats()))
			.tags(this.tags.and("cause", cause))
			.description(description)
			.register(registry));
	}

	private void counter(MeterRegistry registry, String name, Tags tags, ToDoubleFunction<WeakStats> figure,
			String description) {
		this.bound.add(registry, description,
				(text) -> FunctionCounter
					.builder(name, this.collection, (collection) -> figure.applyAsDouble(collection.stats()))
					.tags(this.tags.and(tags))
					.description(text)
					.register(registry));
	}

	/**
	 * Remove from a registry the meters that this binder added to it.
	 * @param registry the registry
	 */
	public void unbindFrom(MeterRegistry registry) {
		this.bound.removeFrom(registry);
	}

}
