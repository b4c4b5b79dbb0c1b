package io.weakref.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.weakref.collection.HitRates;
import io.weakref.collection.HoldScans;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Tables of the page on performance that are measured alone, each with its peers. A cell
 * of a row is the median of the rounds, and in brackets its ratio to the first column: see
 * {@link ResultTable}.
 */
enum Group {

	/** The cost of holding values for a while. */
	HOLD("hold") {

		@Override
		void measure(Round round) throws RunnerException, IOException, InterruptedException {
			List<Contender> contenders = List.of(Contender.WEAKREF, Contender.WEAKREF_HOLDING,
					Contender.WEAKREF_HOLDING_SOME, Contender.CAFFEINE_BY_ACCESS, Contender.CAFFEINE_BY_SIZE);
			Calls getHit = Calls.of("WeakValuesBenchmark.getHit", contenders).taking(1000).withCpu();
			round.calls("hold", "`get`, hit, 10k entries, ns", getHit.with("size", 10_000));
			round.calls("hold", "`get`, hit, 1M, ns",
					getHit.with("size", Suite.MILLION).options(Suite.ONE_COLLECTOR_THREAD));
			for (Contender contender : List.of(Contender.WEAKREF, Contender.WEAKREF_HOLDING,
					Contender.WEAKREF_HOLDING_SOME, Contender.CAFFEINE_BY_ACCESS, Contender.CAFFEINE_BY_SIZE,
					Contender.CAFFEINE_BESIDE)) {
				round.program("hold", Footprint.class, Suite.HEAP, contender.name(), "values");
			}
			round.program("hold-scans", HoldScans.class, Suite.HEAP);
		}

	},

	/** A simulation, which is the same in each round. */
	HIT_RATES("hit-rates") {

		@Override
		void measure(Round round) throws IOException, InterruptedException {
			round.program("hit-rates", HitRates.class, List.of());
		}

	},

	/** References, callbacks and finalizers. */
	REFERENCES("references") {

		@Override
		void measure(Round round) throws RunnerException, IOException, InterruptedException {
			Map<String, String> registrars = new LinkedHashMap<>();
			for (Registrar registrar : Registrar.values()) {
				registrars.put(registrar.name(), registrar.label());
			}
			round.calls("references", "register and clean at once, ns",
					Calls.of("ReferencesBenchmark.registerAndClean", "registrar", registrars));
			round.program("references", Deaths.class, Suite.HEAP);
			Calls references = Calls.of("ReferencesBenchmark.refer", "reference",
					columns("java", "`new WeakReference`", "weakRef", "this, `WeakRef.of`"));
			round.calls("references-of", "a new object, ns", references.with("referent", "fresh"));
			round.calls("references-of", "an object that has one, ns", references.with("referent", "known"));
			round.program("references-of", LiveReferents.class, Suite.HEAP);
		}

	},

	/** Small weak collections, and the cost of statistics. */
	COLLECTIONS("collections") {

		@Override
		void measure(Round round) throws RunnerException, IOException, InterruptedException {
			List<Contender> contenders = List.of(Contender.NAIVE, Contender.WEAKREF, Contender.CHM,
					Contender.CAFFEINE, Contender.GUAVA);
			Calls fresh = Calls.of("FreshCollectionsBenchmark.weakValues", contenders);
			round.calls("collections", "make and drop one, empty, ns", fresh.with("puts", 0));
			round.calls("collections", "the same with 1 `put`, ns", fresh.with("puts", 1));
			round.calls("collections", "the same with 20, ns", fresh.with("puts", 20));
			round.calls("collections", "`put` over one of 10k entries, ns",
					Calls.of("WeakValuesBenchmark.putOver", contenders).with("size", 10_000));
			for (Contender contender : contenders) {
				round.program("collections", Footprint.class, Suite.HEAP, contender.name(), "empty");
			}
			Calls getHit = Calls.of("WeakValuesBenchmark.getHit",
					List.of(Contender.WEAKREF, Contender.WEAKREF_STATS, Contender.CAFFEINE, Contender.CAFFEINE_STATS));
			round.calls("statistics", "`get`, hit, 10k entries, ns", getHit.with("size", 10_000));
		}

	},

	/** An attack by keys with the same hash code. */
	COLLIDING_KEYS("colliding-keys") {

		@Override
		void measure(Round round) throws IOException, InterruptedException {
			round.program("colliding-keys", CollidingKeys.class, Suite.HEAP);
		}

	},

	/** Caches that are not used. A round takes ten minutes, in which the machine is idle. */
	IDLE("idle") {

		@Override
		void measure(Round round) throws IOException, InterruptedException {
			for (String caches : List.of("1", "100", "10000")) {
				for (Contender contender : List.of(Contender.NAIVE, Contender.WEAKREF, Contender.WEAKREF_HOLDING,
						Contender.CAFFEINE)) {
					round.program("collections-idle", IdleCaches.class, Suite.HEAP, contender.name(), caches);
				}
			}
		}

	},

	/** Calls through Spring's annotations. */
	SPRING("spring") {

		@Override
		void measure(Round round) throws RunnerException, IOException, InterruptedException {
			// Spring's proxies take long to be compiled.
			Calls cacheable = Calls.of("SpringCachesBenchmark.hit", "manager",
					columns("concurrentMap", "`ConcurrentMapCacheManager`", "caffeine", "`CaffeineCacheManager`",
							"caffeineWeak", "`CaffeineCacheManager`, `weakValues`", "weakref",
							"this, `weakCacheManager`", "weakrefHolding", "this, holding for 10 min"))
				.taking(1000);
			round.calls("spring", "`@Cacheable`, hit, ns", cacheable.with("sync", false));
			round.calls("spring", "`@Cacheable(sync = true)`, hit, ns", cacheable.with("sync", true));
			Map<String, String> caches = columns("caffeine", "Caffeine", "weakref", "this");
			round.calls("spring-observed", "scrape of 1,000 caches by Prometheus, ms",
					Calls.of("ObservedCachesBenchmark.scrape", "caches", caches).taking(1000).in(TimeUnit.MILLISECONDS));
			round.calls("spring-observed", "the endpoint `weakrefs` of 1,000 caches, ms",
					Calls.of("ObservedCachesBenchmark.endpoint", "caches", columns("weakref", "this"))
						.taking(1000)
						.in(TimeUnit.MILLISECONDS));
		}

	},

	/** What the starter adds to the start of an application. */
	STARTUP("startup") {

		@Override
		void measure(Round round) throws IOException, InterruptedException {
			round.program("startup", Startup.class, List.of());
		}

	},

	/** For machines with as many cores as threads. */
	THREADS("threads") {

		@Override
		void measure(Round round) throws RunnerException, IOException {
			List<Contender> contenders = List.of(Contender.NAIVE, Contender.WEAKREF, Contender.CHM,
					Contender.CAFFEINE, Contender.GUAVA);
			Map<String, String> calls = new LinkedHashMap<>();
			calls.put("getHit", "`get`, hit");
			calls.put("computeIfAbsentHit", "`computeIfAbsent`, hit");
			calls.put("putOver", "`put` over an entry");
			calls.put("mostlyReads", "95 % `get`, 5 % `put`");
			for (Map.Entry<String, String> call : calls.entrySet()) {
				for (int threads : new int[] { 1, 2, 4, 8, 16 }) {
					round.calls("threads", call.getValue() + ", threads: " + threads + ", ns a call and thread",
							Calls.of("WeakValuesBenchmark." + call.getKey(), contenders)
								.with("size", 10_000)
								.by(threads));
				}
			}
		}

	},

	/** Weak keys compared by identity, as the peers do. */
	IDENTITY("identity") {

		@Override
		void measure(Round round) throws RunnerException, IOException {
			List<Contender> contenders = List.of(Contender.WEAK_LOCK_FREE, Contender.WEAKREF_IDENTITY,
					Contender.WEAKREF, Contender.CAFFEINE, Contender.GUAVA);
			Calls getHit = Calls.of("WeakKeysBenchmark.getHit", contenders);
			Calls putOver = Calls.of("WeakKeysBenchmark.putOver", contenders);
			round.calls("identity", "`get`, hit, 10k entries, ns", getHit.with("size", 10_000));
			round.calls("identity", "`get`, hit, 1M, ns",
					getHit.with("size", Suite.MILLION).taking(1000).options(Suite.ONE_COLLECTOR_THREAD));
			round.calls("identity", "`put` over one of 10k entries, ns", putOver.with("size", 10_000));
		}

	},

	/** How long a callback waits because of the cleaner's other work. */
	CALLBACK_DELAYS("callback-delays") {

		@Override
		void measure(Round round) throws IOException, InterruptedException {
			List<String> options = new ArrayList<>(Suite.HEAP);
			options.add("-Xmn32m");
			round.program("callback-delays", CallbackDelays.class, options);
		}

	},

	/** Interning: one instance for all equal objects. */
	INTERNING("interning") {

		@Override
		void measure(Round round) throws RunnerException, IOException {
			round.calls("interning", "a string that equals one of 10k, ns",
					Calls
						.of("InterningBenchmark.internDuplicate", "interner",
								columns("guava", "Guava", "caffeine", "Caffeine", "string", "`String.intern`", "weakSet",
										"this"))
						.with("count", 10_000)
						.options(List.of("-XX:StringTableSize=65536")));
		}

	},

	/** A lock for each key. */
	LOCKS("locks") {

		@Override
		void measure(Round round) throws RunnerException, IOException {
			Map<String, String> locks = columns("byHand", "by hand", "striped", "Guava, `Striped`", "springIntegration",
					"Spring Integration, `DefaultLockRegistry`", "weakLocks", "this");
			round.calls("locks", "lock and unlock, 10k keys, ns",
					Calls.of("LocksBenchmark.lockAndUnlock", "locks", locks).with("count", 10_000));
			round.calls("locks", "the same by two threads, ns",
					Calls.of("LocksBenchmark.lockAndUnlockByTwo", "locks", locks).with("count", 10_000));
		}

	};

	private final String label;

	Group(String label) {
		this.label = label;
	}

	abstract void measure(Round round) throws RunnerException, IOException, InterruptedException;

	static @Nullable Group named(String label) {
		return Stream.of(values()).filter((group) -> group.label.equals(label)).findFirst().orElse(null);
	}

	/**
	 * Measure.
	 * @param args in any order: the number of rounds, {@value Suite#ROUNDS} by default, or
	 * {@code smoke} for one that only shows whether everything runs; the pages whose
	 * tables are to be filled; options of the JVMs
	 */
	void run(List<String> args) throws RunnerException, IOException, InterruptedException {
		int rounds = Suite.ROUNDS;
		boolean smoke = false;
		List<Path> pages = new ArrayList<>();
		List<String> jvmArguments = new ArrayList<>();
		for (String arg : args) {
			if (arg.equals("smoke")) {
				smoke = true;
				rounds = 1;
			}
			else if (arg.startsWith("-")) {
				jvmArguments.add(arg);
			}
			else if (arg.endsWith(".md")) {
				pages.add(Path.of(arg));
			}
			else {
				rounds = Integer.parseInt(arg);
			}
		}
		Path directory = Files.createDirectories(Path.of(Suite.DIRECTORY));
		Results results = new Results(directory, setting(smoke ? "smoke" : String.valueOf(rounds), jvmArguments));
		Round round = new Round(results, smoke, jvmArguments);
		for (int i = 0; i < rounds; i++) {
			measure(round);
			results.write();
		}
		for (Path page : pages) {
			PageTables.update(page, results.directory(), null);
			System.out.println(page + " updated");
		}
	}

	private String setting(String rounds, List<String> jvmArguments) throws IOException {
		int processors = Runtime.getRuntime().availableProcessors();
		Path cpuinfo = Path.of("/proc/cpuinfo");
		String processor = System.getProperty("os.arch");
		if (Files.isReadable(cpuinfo)) {
			try (Stream<String> lines = Files.lines(cpuinfo)) {
				processor = lines.filter((line) -> line.startsWith("model name"))
					.map((line) -> line.substring(line.indexOf(':') + 1).trim())
					.findFirst()
					.orElse(processor);
			}
		}
		String options = jvmArguments.isEmpty() ? "" : " " + String.join(" ", jvmArguments);
		return String.format(Locale.ROOT, "%d cores of %s, JDK %s, %s, `-Djmh.args=\"%s %s%s\"`.", processors,
				processor, System.getProperty("java.version"), LocalDate.now(ZoneOffset.UTC), this.label, rounds,
				options);
	}

	private static Map<String, String> columns(String... valuesAndLabels) {
		Map<String, String> columns = new LinkedHashMap<>();
		for (int i = 0; i < valuesAndLabels.length; i += 2) {
			columns.put(valuesAndLabels[i], valuesAndLabels[i + 1]);
		}
		return columns;
	}

}
