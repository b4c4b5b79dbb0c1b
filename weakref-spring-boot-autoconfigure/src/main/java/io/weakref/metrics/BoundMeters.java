package io.weakref.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Remembers which meters were bound to which registry, so that they can go again.
 */
final class BoundMeters {

	private final Map<MeterRegistry, List<Meter>> meters = new ConcurrentHashMap<>();

	void add(MeterRegistry registry, Meter meter) {
		this.meters.computeIfAbsent(registry, (key) -> new CopyOnWriteArrayList<>()).add(meter);
	}

	void removeFrom(MeterRegistry registry) {
		List<Meter> bound = this.meters.remove(registry);
		if (bound != null) {
			bound.forEach(registry::remove);
		}
	}

}
