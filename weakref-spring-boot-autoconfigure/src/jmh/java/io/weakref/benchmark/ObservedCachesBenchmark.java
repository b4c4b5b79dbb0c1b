package io.weakref.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.weakref.actuate.WeakrefEndpoint;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.metrics.WeakCollectionMetrics;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of observing many caches: a scrape by Prometheus, and a read of the endpoint.
 * The caches record statistics and have {@value #ENTRIES} entries each. The endpoint is
 * called without HTTP and JSON.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = { "-Xms1g", "-Xmx1g" })
public class ObservedCachesBenchmark {

	private static final int CACHES = 1000;

	private static final int ENTRIES = 100;

	@Param({ "caffeine", "weakref" })
	String caches = "weakref";

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final WeakCacheRegistry registry = new WeakCacheRegistry(WeakCleaner.shared());

	private final WeakrefEndpoint endpoint = new WeakrefEndpoint(this.registry, List.of(WeakCleaner.shared()));

	private final List<Object> held = new ArrayList<>();

	@Setup(Level.Trial)
	public void fill() {
		for (int i = 0; i < CACHES; i++) {
			Object[] keys = Keys.shuffled(ENTRIES, i * ENTRIES);
			Object[] values = Suite.objects(ENTRIES);
			this.held.add(values);
			if (this.caches.equals("caffeine")) {
				Cache<Object, Object> cache = Caffeine.newBuilder().weakValues().recordStats().build();
				this.held.add(cache);
				CaffeineCacheMetrics.monitor(this.prometheus, cache, "cache-" + i);
				for (int key = 0; key < ENTRIES; key++) {
					cache.put(keys[key], values[key]);
				}
			}
			else {
				WeakValueDictionary<Object, Object> cache = WeakValueDictionary.builder()
					.name("cache-" + i)
					.recordStats(true)
					.build();
				this.registry.register("cache-" + i, cache);
				new WeakCollectionMetrics(cache, "cache-" + i).bindTo(this.prometheus);
				for (int key = 0; key < ENTRIES; key++) {
					cache.put(keys[key], values[key]);
				}
			}
		}
		System.gc();
	}

	@Benchmark
	public String scrape() {
		return this.prometheus.scrape();
	}

	@Benchmark
	public Object endpoint() {
		return this.endpoint.weakrefs();
	}

	/**
	 * Return what keeps the values alive. Exists so that the field is read.
	 * @return the values
	 */
	public List<Object> held() {
		return this.held;
	}

}
