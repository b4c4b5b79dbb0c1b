package io.weakref.context;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakCollectionBuilder;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WeakCacheRegistry}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WeakCacheRegistryTests {

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("registry-tests").build();

	private final WeakCacheRegistry registry = new WeakCacheRegistry(this.cleaner);

	@AfterEach
	void close() {
		this.cleaner.close();
	}

	@Test
	void sameNameGivesTheSameCache() {
		assertThat(this.registry.values("a")).isSameAs(this.registry.values("a")).isSameAs(this.registry.get("a"));
		assertThat(this.registry.keys("b")).isSameAs(this.registry.get("b"));
		assertThat(this.registry.set("c")).isSameAs(this.registry.get("c"));
		assertThat(this.registry.get("a").name()).isEqualTo("a");
	}

	@Test
	void locksWithANameAreCreatedOnce() {
		WeakLocks<String> locks = this.registry.locks("accounts");
		assertThat(this.registry.<String>locks("accounts")).isSameAs(locks).isSameAs(this.registry.get("accounts"));
		assertThat(locks.name()).isEqualTo("accounts");
		assertThatExceptionOfType(WeakCacheNameTakenException.class).isThrownBy(() -> this.registry.set("accounts"))
			.withMessageContaining("of kind locks");
	}

	@Test
	void exceptionForAnUnknownNameListsTheExistingNames() {
		this.registry.values("b");
		this.registry.set("a");
		assertThat(this.registry.find("c")).isEmpty();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> this.registry.get("c"))
			.withMessage("There is no weak cache named 'c'. The names are: [a, b]");
	}

	@Test
	void namesAreASortedSnapshot() {
		this.registry.values("b");
		Set<String> names = this.registry.names();
		this.registry.values("a");
		assertThat(names).containsExactly("b");
		assertThat(this.registry.names()).containsExactly("a", "b");
	}

	@Test
	void anotherKindUnderATakenNameIsRefused() {
		this.registry.values("a");
		assertThatExceptionOfType(WeakCacheNameTakenException.class).isThrownBy(() -> this.registry.set("a"))
			.withMessageContaining("'a'")
			.withMessageContaining("of kind values")
			.withMessageContaining("of kind set");
	}

	@Test
	void sameCacheMayBeRegisteredTwiceButNotAnother() {
		WeakSet<Object> mine = new WeakSet<>();
		this.registry.register("a", mine);
		this.registry.register("a", mine);
		assertThat(this.registry.set("a")).isSameAs(mine);
		// Equal, but not the same
		WeakSet<Object> other = new WeakSet<>();
		assertThat(other).isEqualTo(mine);
		assertThatExceptionOfType(WeakCacheNameTakenException.class)
			.isThrownBy(() -> this.registry.register("a", other));
	}

	@Test
	void removedCacheCanBeUsedAndItsNameIsFree() {
		WeakValueDictionary<String, Object> cache = this.registry.values("a");
		assertThat(this.registry.remove("a")).isTrue();
		assertThat(this.registry.remove("a")).isFalse();
		Object value = new Object();
		cache.put("k", value);
		assertThat(cache.get("k")).isSameAs(value);
		assertThat(this.registry.set("a")).isNotSameAs(cache);
	}

	@Test
	void listenerReceivesEachExistingAndEachAddedAndRemovedCache() {
		this.registry.values("b");
		this.registry.values("a");
		Recorder recorder = new Recorder();
		this.registry.addListener(recorder);
		this.registry.set("c");
		this.registry.set("c");
		this.registry.remove("a");
		assertThat(recorder.events).containsExactly("+a", "+b", "+c", "-a");
		this.registry.removeListener(recorder);
		this.registry.set("d");
		assertThat(recorder.events).hasSize(4);
	}

	@Test
	void listenerMissesNothingThatHappensWhileItIsAdded() throws Exception {
		int caches = 2000;
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			CountDownLatch begin = new CountDownLatch(1);
			Future<?> maker = threads.submit(() -> {
				for (int i = 0; i < caches; i++) {
					this.registry.set("cache" + i);
					if (i == caches / 4) {
						begin.countDown();
					}
				}
			});
			Set<String> seen = ConcurrentHashMap.newKeySet();
			List<String> twice = new ArrayList<>();
			begin.await();
			this.registry.addListener((name, cache) -> {
				if (!seen.add(name)) {
					twice.add(name);
				}
			});
			maker.get(30, TimeUnit.SECONDS);
			assertThat(seen).hasSize(caches);
			assertThat(twice).isEmpty();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void listenerMayRequestAnotherCache() {
		Recorder recorder = new Recorder();
		this.registry.addListener((name, cache) -> {
			if (name.equals("a")) {
				this.registry.set("b");
			}
		});
		this.registry.addListener(recorder);
		this.registry.set("a");
		assertThat(recorder.events).containsExactly("+a", "+b");
	}

	@Test
	void everyListenerReceivesAChangeBeforeTheNextOne() {
		Recorder first = new Recorder();
		this.registry.addListener(first);
		this.registry.set("b");
		AtomicBoolean once = new AtomicBoolean();
		this.registry.addListener((name, cache) -> {
			if (name.equals("c") && once.compareAndSet(false, true)) {
				this.registry.remove("c");
				this.registry.set("c");
				this.registry.remove("b");
			}
		});
		Recorder last = new Recorder();
		this.registry.addListener(last);
		this.registry.set("c");
		assertThat(first.events).containsExactly("+b", "+c", "-c", "+c", "-b");
		assertThat(last.events).containsExactly("+b", "+c", "-c", "+c", "-b");
	}

	@Test
	void listenerMayWaitForAnotherThreadThatCreatesACache() {
		Recorder recorder = new Recorder();
		this.registry.addListener((name, cache) -> {
			if (name.equals("a")) {
				assertThat(
						CompletableFuture.supplyAsync(() -> this.registry.set("b"), (task) -> new Thread(task).start()))
					.succeedsWithin(10, TimeUnit.SECONDS);
			}
		});
		this.registry.addListener(recorder);
		this.registry.set("a");
		assertThat(this.registry.names()).containsExactly("a", "b");
		assertThat(recorder.events).containsExactly("+a", "+b");
	}

	@Test
	void listenerThatThrowsDoesNotAffectOtherListeners(CapturedOutput output) {
		this.registry.set("a");
		this.registry.addListener((name, cache) -> {
			throw new IllegalStateException("rejects " + name);
		});
		Recorder recorder = new Recorder();
		this.registry.addListener(recorder);
		assertThat(this.registry.set("b")).isSameAs(this.registry.get("b"));
		assertThat(this.registry.remove("a")).isTrue();
		assertThat(recorder.events).containsExactly("+a", "+b", "-a");
		assertThat(output).contains("A listener of the weak cache registry failed", "rejects a", "rejects b");
	}

	@Test
	void listenerRemovedDuringADeliveryReceivesNothingMore() {
		Recorder recorder = new Recorder();
		this.registry.addListener((name, cache) -> this.registry.removeListener(recorder));
		this.registry.addListener(recorder);
		this.registry.set("a");
		assertThat(recorder.events).isEmpty();
	}

	@Test
	void customizerMayRequestAnotherCacheButNotTheOneItCustomizes() {
		AtomicReference<WeakCacheRegistry> self = new AtomicReference<>();
		WeakCacheRegistry customized = new WeakCacheRegistry(this.cleaner, this::lenient,
				List.of((builder) -> Objects.requireNonNull(self.get()).set("b")));
		self.set(customized);
		assertThatIllegalStateException().isThrownBy(() -> customized.values("a"))
			.withMessage("A customizer of weak cache 'b' asks the registry for the cache that it is customizing");
		assertThat(customized.names()).isEmpty();
		WeakCacheRegistry chained = new WeakCacheRegistry(this.cleaner, this::lenient, List.of((builder) -> {
			if ("a".equals(builder.name())) {
				Objects.requireNonNull(self.get()).set("b");
			}
		}));
		self.set(chained);
		assertThat(chained.values("a")).isSameAs(chained.get("a"));
		assertThat(chained.names()).containsExactly("a", "b");
	}

	@Test
	void threadsThatRequestOneNameWithDifferentKindsGetOneCacheAndOneRefusal() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			for (int round = 0; round < 200; round++) {
				String name = "round" + round;
				CyclicBarrier begin = new CyclicBarrier(2);
				Future<WeakCollection> values = threads.submit(() -> {
					begin.await();
					return this.registry.values(name);
				});
				Future<WeakCollection> set = threads.submit(() -> {
					begin.await();
					return this.registry.set(name);
				});
				int refused = 0;
				for (Future<WeakCollection> result : List.of(values, set)) {
					try {
						assertThat(result.get(30, TimeUnit.SECONDS)).isSameAs(this.registry.get(name));
					}
					catch (ExecutionException ex) {
						assertThat(ex).hasCauseInstanceOf(WeakCacheNameTakenException.class);
						refused++;
					}
				}
				assertThat(refused).isEqualTo(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void threadsThatRequestOneNameGetOneCache() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			for (int round = 0; round < 200; round++) {
				String name = "round" + round;
				CountDownLatch begin = new CountDownLatch(1);
				List<Future<WeakSet<Object>>> results = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					results.add(threads.submit(() -> {
						begin.await();
						return this.registry.set(name);
					}));
				}
				begin.countDown();
				for (Future<WeakSet<Object>> result : results) {
					assertThat(result.get(30, TimeUnit.SECONDS)).isSameAs(this.registry.get(name));
				}
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void customizersAreAppliedInOrderAfterDefaultsAndOptions() {
		List<String> order = new ArrayList<>();
		WeakCacheRegistry customized = new WeakCacheRegistry(this.cleaner, this::lenient, List.of((builder) -> {
			order.add("first");
			builder.recordStats(true);
		}, (builder) -> order.add("second")));
		customized.declare(new WeakCacheDeclaration("a", WeakCacheKind.SET, List.of(), "test", (builder) -> {
			order.add("options");
			builder.recordStats(false);
		}));
		assertThat(order).containsExactly("options", "first", "second");
		assertThat(customized.get("a").isRecordingStats()).isTrue();
	}

	@Test
	void customizerSeesTheBuilderOfTheKind() {
		List<Object> seen = new ArrayList<>();
		WeakCacheRegistry customized = new WeakCacheRegistry(this.cleaner, this::lenient, List.of(seen::add));
		for (WeakCacheKind kind : WeakCacheKind.values()) {
			WeakCollection made = customized
				.declare(new WeakCacheDeclaration("a " + kind, kind, List.of(), "test", (builder) -> {
				}));
			assertThat(made).isInstanceOf(kind.collectionType());
			assertThat(made.kind()).isEqualTo(kind);
		}
		assertThat(seen).hasExactlyElementsOfTypes(WeakValueDictionary.Builder.class, WeakKeyDictionary.Builder.class,
				WeakSet.Builder.class, WeakLocks.Builder.class);
	}

	@Test
	void customizerMustNotRenameACache() {
		WeakCacheRegistry customized = new WeakCacheRegistry(this.cleaner, this::lenient,
				List.of((builder) -> builder.name("b")));
		assertThatIllegalStateException().isThrownBy(() -> customized.set("a"))
			.withMessage("A customizer changed the name of weak cache 'a' to 'b': a cache must keep its name");
		assertThat(customized.names()).isEmpty();
	}

	@Test
	void defaultsApplyIfNothingElseIsSet() {
		assertThat(this.registry.set("a").isRecordingStats()).isTrue();
		assertThat(new WeakCacheRegistry(this.cleaner, this::lenient, List.of()).set("a").isRecordingStats()).isFalse();
	}

	private void lenient(WeakCollectionBuilder<?> builder) {
		builder.recordStats(false).referentPolicy(ReferentPolicy.LENIENT);
	}

	private static final class Recorder implements WeakCacheRegistry.Listener {

		private final List<String> events = new ArrayList<>();

		@Override
		public void added(String name, WeakCollection cache) {
			this.events.add("+" + name);
		}

		@Override
		public void removed(String name, WeakCollection cache) {
			this.events.add("-" + name);
		}

	}

}
