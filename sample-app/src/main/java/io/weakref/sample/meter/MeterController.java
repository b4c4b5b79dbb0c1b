package io.weakref.sample.meter;

import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the charts draw, read from the meter registry at that moment: nothing is counted
 * twice.
 */
@RestController
class MeterController {

	private final MeterRegistry meters;

	MeterController(MeterRegistry meters) {
		this.meters = meters;
	}

	@GetMapping("/api/meters")
	Readings readings() {
		return new Readings(sum("weakref.live", "cache", "tiles"), sum("weakref.purged", "cache", "tiles"),
				sum("weakref.gets", "cache", "tiles", "result", "hit"),
				sum("weakref.gets", "cache", "tiles", "result", "miss"), sum("weakref.callbacks"),
				sum("weakref.callback.errors"), sum("weakref.callbacks.pending"), sum("sample.tiles.gone"),
				sum("jvm.memory.used", "area", "heap"), sum("jvm.gc.pause"));
	}

	/**
	 * Add up every meter of a name and tags: values of gauges, counts of all others.
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
	 * Gauges as they are, counters since the start.
	 *
	 * @param heap used bytes
	 * @param collections how many pauses for collections there were
	 */
	record Readings(double live, double purged, double hits, double misses, double callbacks, double callbackErrors,
			double callbacksPending, double gone, double heap, double collections) {
	}

}
