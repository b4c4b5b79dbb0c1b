package io.weakref.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.weakref.cache.WeakCacheManager;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Calls of a {@link Cacheable} method through the proxy that Spring creates, all of them
 * hits. Keys equal those that were stored but are different instances.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = { "-Xms1g", "-Xmx1g" })
public class SpringCachesBenchmark {

	private static final int SIZE = 10_000;

	@Param({ "concurrentMap", "caffeine", "caffeineWeak", "weakref", "weakrefHolding" })
	String manager = "weakref";

	@Param({ "false", "true" })
	boolean sync;

	private @Nullable AnnotationConfigApplicationContext context;

	private Documents documents = new Documents();

	private Object[] present = {};

	private Object[] values = {};

	private int index;

	@Setup(Level.Trial)
	public void start() {
		CacheManager manager = manager();
		this.context = new AnnotationConfigApplicationContext();
		this.context.registerBean(CacheManager.class, () -> manager);
		this.context.register(Caching.class);
		this.context.refresh();
		this.documents = this.context.getBean(Documents.class);
		Object[] stored = Keys.shuffled(SIZE, 0);
		this.values = new Object[SIZE];
		for (int i = 0; i < SIZE; i++) {
			this.values[i] = find(stored[i]);
		}
		this.present = Keys.shuffle(Keys.shuffled(SIZE, 0), Keys.LOOKUP_ORDER);
		int loads = Documents.loads;
		for (Object key : this.present) {
			find(key);
		}
		if (loads != SIZE || Documents.loads != loads) {
			throw new IllegalStateException("Not all are hits");
		}
		System.gc();
	}

	private CacheManager manager() {
		switch (this.manager) {
			case "concurrentMap" -> {
				return new ConcurrentMapCacheManager();
			}
			case "caffeine" -> {
				return new CaffeineCacheManager();
			}
			case "caffeineWeak" -> {
				CaffeineCacheManager caffeine = new CaffeineCacheManager();
				caffeine.setCaffeine(Caffeine.newBuilder().weakValues());
				return caffeine;
			}
			case "weakrefHolding" -> {
				return new WeakCacheManager(
						(name) -> WeakValueDictionary.builder().name(name).holdFor(Duration.ofMinutes(10)).build(),
						List.of());
			}
			default -> {
				return new WeakCacheManager((name) -> WeakValueDictionary.builder().name(name).build(), List.of());
			}
		}
	}

	@TearDown
	public void close() {
		Objects.requireNonNull(this.context).close();
	}

	@Benchmark
	public Object hit() {
		int i = this.index;
		this.index = (i + 1 < SIZE) ? i + 1 : 0;
		return find(this.present[i]);
	}

	private Object find(Object key) {
		return this.sync ? this.documents.findSync(key) : this.documents.find(key);
	}

	/**
	 * Return what keeps the values alive. Exists so that the field is read.
	 * @return the values
	 */
	public Object[] values() {
		return this.values;
	}

	/** The application. */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caching {

		@Bean
		Documents documents() {
			return new Documents();
		}

	}

	/** Its service; Spring subclasses it. */
	static class Documents {

		static int loads;

		@Cacheable("documents")
		public Object find(Object key) {
			loads++;
			return new Object();
		}

		@Cacheable(cacheNames = "documents", sync = true)
		public Object findSync(Object key) {
			loads++;
			return new Object();
		}

	}

}
