package io.weakref.context;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.KeyMatch;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link WeakCacheRegistry}.
 */
class WeakCacheRegistryTests {

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("registry-tests").build();

	private final WeakCacheRegistry registry = new WeakCacheRegistry(this.cleaner);

	@AfterEach
	void close() {
		this.cleaner.close();
	}

	@Test
	void oneNameIsOneCache() {
		assertThat(this.registry.values("a")).isSameAs(this.registry.values("a")).isSameAs(this.registry.get("a"));
		assertThat(this.registry.keys("b")).isSameAs(this.registry.get("b"));
		assertThat(this.registry.set("c")).isSameAs(this.registry.get("c"));
		assertThat(this.registry.get("a").name()).isEqualTo("a");
	}

	@Test
	void unknownNameListsTheNamesThereAre() {
		this.registry.values("b");
		this.registry.set("a");
		assertThat(this.registry.find("c")).isEmpty();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> this.registry.get("c"))
			.withMessage("There is no weak cache 'c', only [a, b]");
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
		// An equal one is another one
		WeakSet<Object> other = new WeakSet<>();
		assertThat(other).isEqualTo(mine);
		assertThatExceptionOfType(WeakCacheNameTakenException.class)
			.isThrownBy(() -> this.registry.register("a", other));
	}

	@Test
	void foreignCollectionIsRefused() {
		WeakCollection foreign = mock(WeakCollection.class);
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.register("a", foreign));
		assertThat(this.registry.names()).isEmpty();
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
	void listenerHearsOfEachCacheThereIsAndOfEachToComeAndToGo() {
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
	void listenerMayAskForAnotherCache() {
		Recorder recorder = new Recorder();
		this.registry.addListener((name, cache) -> {
			if (name.equals("a")) {
				this.registry.set("b");
			}
		});
		this.registry.addListener(recorder);
		this.registry.set("a");
		assertThat(recorder.events).containsExactlyInAnyOrder("+a", "+b");
	}

	@Test
	void threadsThatAskForOneNameGetOneCache() throws Exception {
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
		WeakCacheRegistry customized = new WeakCacheRegistry(this.cleaner, false, ReferentPolicy.LENIENT,
				List.of((builder) -> {
					order.add("first");
					builder.recordStats(true);
				}, (builder) -> order.add("second")));
		customized.declare(new WeakCacheDeclaration("a", WeakCacheKind.SET, List.of(), "test", (builder) -> {
			order.add("options");
			builder.recordStats(false);
		}));
		assertThat(order).containsExactly("options", "first", "second");
		assertThat(customized.recordsStats("a")).isTrue();
		assertThat(customized.recordsStats("b")).isFalse();
	}

	@Test
	void customizerIsToldWhenAnOptionIsNotForTheKind() {
		WeakCacheRegistry customized = new WeakCacheRegistry(this.cleaner, false, ReferentPolicy.LENIENT,
				List.of((builder) -> builder.keyMatch(KeyMatch.IDENTITY)));
		assertThat(customized.keys("a")).isNotNull();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> customized.values("b"))
			.withMessage("Weak cache 'b' of kind values has no key match: only kinds keys and set have");
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
