package io.weakref.sample.meter;

import java.util.List;
import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tags;
import io.weakref.sample.tile.Atlas;
import io.weakref.sample.tile.Census;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the charts draw, read from the meter registry at that moment: nothing is counted
 * twice. Only the tiles in use are counted here, because no meter shows them.
 */
@RestController
class MeterController {

	/** The caches in which tiles are looked up. */
	private static final List<String> LOOKED_UP = List.of("tiles", "heldTiles");

	private final MeterRegistry meters;

	private final Atlas atlas;

	private final Census census;

	MeterController(MeterRegistry meters, Atlas atlas, Census census) {
		this.meters = meters;
		this.atlas = atlas;
		this.census = census;
	}

	@GetMapping("/api/meters")
	Readings readings() {
		List<String> caches = this.atlas.weakCaches();
		double held = sum("weakref.held", caches);
		Census.Count count = this.census.count((long) held);
		return new Readings(sum("weakref.live", caches), count.inUse(), held, count.onlyHeld(),
				sum("weakref.purged", caches), hits(), misses(), sum("weakref.hold.lost", caches),
				sum("weakref.callbacks"), sum("weakref.callback.errors"), sum("weakref.callbacks.pending"),
				sum("sample.tiles.gone"), sum("jvm.memory.used", "area", "heap"), sum("jvm.gc.pause"), trusted());
	}

	/** Add the hits of the near cache, if there is one. */
	private double hits() {
		return sum("weakref.gets", LOOKED_UP, "result", "hit")
				+ sum("weakref.near.gets", "cache", "tiles", "result", "first");
	}

	private double misses() {
		return sum("weakref.gets", LOOKED_UP, "result", "miss")
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
		return sum(name, Tags.of(tags));
	}

	private double sum(String name, Tags tags) {
		return this.meters.find(name).tags(tags).meters().stream().mapToDouble(MeterController::value).sum();
	}

	private double sum(String name, List<String> caches, String... tags) {
		return caches.stream().mapToDouble((cache) -> sum(name, Tags.of(tags).and("cache", cache))).sum();
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
	 * @param live the number of tiles in the cache, including tiles that have just died
	 * @param inUse how many of them are in use
	 * @param held how many of them the cache holds
	 * @param onlyHeld how many of them the cache holds although they are not in use
	 * @param lost how many misses were for tiles that had died within the last minutes
	 * @param heap used bytes
	 * @param collections how many pauses for garbage collection there were
	 * @param trusted whether the near cache is trusted; {@code null} if there is none
	 */
	record Readings(double live, long inUse, double held, long onlyHeld, double purged, double hits, double misses,
			double lost, double callbacks, double callbackErrors, double callbacksPending, double gone, double heap,
			double collections, @Nullable Boolean trusted) {
	}

}
