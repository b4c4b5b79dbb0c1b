package io.weakref.metrics;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Remembers which meters a binder added to which registry, so that they can be removed
 * again. If a registry already has a meter with the same name and tags, it returns that
 * one. Such a meter belongs to the binder that added it and is not remembered.
 * <p>
 * Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class BoundMeters {

	private final Map<MeterRegistry, Set<Meter>> meters = new ConcurrentHashMap<>();

	/**
	 * Create an object that remembers no meters yet.
	 */
	public BoundMeters() {
	}

	/**
	 * Register a meter.
	 * @param registry the registry
	 * @param description the description of the meter
	 * @param registration registers it with the description that it is given
	 */
	@SuppressWarnings({ "ReferenceEquality", "StringEquality" }) // the identity matters
	public void add(MeterRegistry registry, String description, Function<String, ? extends Meter> registration) {
		// The description is kept in a meter's ID and through filters, but does not
		// identify it
		String ours = new String(description);
		Meter meter = registration.apply(ours);
		if (meter.getId().getDescription() == ours) {
			// In one step, so that a removal meanwhile finds the meter or leaves it to
			// the
			// next removal.
			this.meters.compute(registry, (key, present) -> {
				Set<Meter> bound = (present != null) ? present : Collections.newSetFromMap(new IdentityHashMap<>());
				bound.add(meter);
				return bound;
			});
		}
	}

	/**
	 * Remove from a registry the meters that were added to it, and forget them.
	 * @param registry the registry
	 */
	public void removeFrom(MeterRegistry registry) {
		Set<Meter> bound = this.meters.remove(registry);
		if (bound != null) {
			// A registry removes by name and tags, and another meter may have the same by
			// now.
			registry.getMeters().stream().filter(bound::contains).forEach(registry::remove);
		}
	}

}
