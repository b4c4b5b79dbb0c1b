package io.weakref.sample.meter;

import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.weakref.sample.tile.Atlas;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the charts draw, read from the meter registry at that moment: nothing is counted
 * twice.
 */
@RestController
class MeterController {

	private final MeterRegistry meters;

	private final Atlas atlas;

	MeterController(MeterRegistry meters, Atlas atlas) {
		this.meters = meters;
		this.atlas = atlas;
	}

	@GetMapping("/api/meters")
	Readings readings() {
		String cache = this.atlas.weakCache();
		return new Readings(sum("weakref.live", "cache", cache), sum("weakref.purged", "cache", cache), hits(),
				misses(), sum("weakref.callbacks"), sum("weakref.callback.errors"), sum("weakref.callbacks.pending"),
				sum("sample.tiles.gone"), sum("jvm.memory.used", "area", "heap"), sum("jvm.gc.pause"), trusted());
	}

	/** Add the hits of the near cache, if there is one. */
	private double hits() {
		return sum("weakref.gets", "cache", "tiles", "result", "hit")
				+ sum("weakref.near.gets", "cache", "tiles", "result", "first");
	}

	private double misses() {
		return sum("weakref.gets", "cache", "tiles", "result", "miss")
				+ sum("weakref.near.gets", "cache", "tiles", "result", "second")
				+ sum("weakref.near.gets", "cache", "tiles", "result", "load");
	}

	private @Nullable Boolean trusted() {
		return this.meters.find("weakref.near.trusted").gauges().isEmpty() ? null : sum("weakref.near.trusted") == 1;
	}

	/**
	 * Add up all meters with a name and tags: the values of gauges, the counts of all
	 * others.
	 */
	private double sum(String name, String... tags) {
		return this.meters.find(name).tags(tags).meters().stream().mapToDouble(MeterController::value).sum();
	}

	private static double value(Meter meter) {
		return StreamSupport.stream(meter.measure().spliterator(), false)
			.filter((measurement) -> measurement.getStatistic() == Statistic.COUNT
					|| measurement.getStatistic() == Statistic.VALUE)
			.mapToDouble(Measurement::getValue)
			.sum();
	}

	/**
	 * The current values of gauges, and the counts since the start.
	 *
	 * @param heap used bytes
	 * @param collections how many pauses for garbage collection there were
	 * @param trusted whether the near cache is trusted; {@code null} if there is none
	 */
	record Readings(double live, double purged, double hits, double misses, double callbacks, double callbackErrors,
			double callbacksPending, double gone, double heap, double collections, @Nullable Boolean trusted) {
	}

}
