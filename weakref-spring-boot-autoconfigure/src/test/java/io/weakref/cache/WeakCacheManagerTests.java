package io.weakref.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.weakref.collection.WeakValueDictionary;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WeakCacheManager}.
 */
class WeakCacheManagerTests {

	private final Map<String, WeakValueDictionary<Object, Object>> dictionaries = new ConcurrentHashMap<>();

	@Test
	void givenNamesAreTheOnlyCaches() {
		WeakCacheManager manager = manager("tiles", "people", "tiles");
		assertThat(this.dictionaries).containsOnlyKeys("tiles", "people");
		assertThat(manager.getCacheNames()).containsExactly("people", "tiles");
		assertThat(manager.getCache("unknown")).isNull();
		assertThat(this.dictionaries).containsOnlyKeys("tiles", "people");
	}

	@Test
	void withoutNamesCachesAreCreatedOnDemand() {
		WeakCacheManager manager = manager();
		assertThat(manager.getCacheNames()).isEmpty();
		assertThat(manager.getCache("tiles")).isNotNull().isSameAs(manager.getCache("tiles"));
		assertThat(manager.getCacheNames()).containsExactly("tiles");
	}

	@Test
	void cacheUsesTheDictionaryWithItsName() {
		WeakValueCache cache = manager("tiles").getCache("tiles");
		assertThat(cache).isNotNull()
			.returns("tiles", WeakValueCache::getName)
			.returns(this.dictionaries.get("tiles"), WeakValueCache::getNativeCache);
	}

	@Test
	void dictionaryThatWasNotRequestedAsACacheIsNotListed() {
		WeakCacheManager manager = manager();
		dictionary("identities");
		assertThat(manager.getCacheNames()).isEmpty();
	}

	@Test
	void failureToGetADictionaryLeavesNoCacheBehind() {
		WeakCacheManager manager = new WeakCacheManager((name) -> {
			throw new IllegalStateException("taken");
		}, List.of());
		assertThatIllegalStateException().isThrownBy(() -> manager.getCache("locks")).withMessage("taken");
		assertThat(manager.getCacheNames()).isEmpty();
	}

	@Test
	void listenerReceivesEachExistingAndEachNewCacheOnce() {
		WeakCacheManager manager = manager();
		WeakValueCache tiles = manager.getCache("tiles");
		List<WeakValueCache> heard = new ArrayList<>();
		manager.forEachCache(heard::add);
		assertThat(heard).containsExactly(tiles);
		WeakValueCache people = manager.getCache("people");
		manager.getCache("tiles");
		assertThat(heard).containsExactly(tiles, people);
	}

	@Test
	void listenerThatThrowsDoesNotAffectOtherListeners() {
		WeakCacheManager manager = manager("tiles");
		manager.forEachCache((cache) -> {
			throw new IllegalStateException("rejects " + cache);
		});
		WeakCacheManager onDemand = manager();
		onDemand.forEachCache((cache) -> {
			throw new IllegalStateException("rejects " + cache);
		});
		List<WeakValueCache> heard = new ArrayList<>();
		onDemand.forEachCache(heard::add);
		assertThat(onDemand.getCache("people")).isNotNull();
		assertThat(heard).containsExactly(onDemand.getCache("people"));
	}

	@Test
	void listenerMayCreateACacheOrWaitForAnotherThreadThatCreatesOne() {
		WeakCacheManager manager = manager();
		List<String> heard = new CopyOnWriteArrayList<>();
		manager.forEachCache((cache) -> {
			if (cache.getName().equals("a")) {
				manager.getCache("b");
				assertThat(
						CompletableFuture.supplyAsync(() -> manager.getCache("c"), (task) -> new Thread(task).start()))
					.succeedsWithin(10, TimeUnit.SECONDS);
			}
			heard.add(cache.getName());
		});
		manager.getCache("a");
		assertThat(heard).containsExactly("a", "b", "c");
	}

	@Test
	void dictionaryIsCreatedOutsideEveryLock() {
		AtomicReference<WeakCacheManager> self = new AtomicReference<>();
		WeakCacheManager manager = new WeakCacheManager((name) -> {
			if (name.equals("a")) {
				assertThat(CompletableFuture.supplyAsync(() -> Objects.requireNonNull(self.get()).getCache("b"),
						(task) -> new Thread(task).start()))
					.succeedsWithin(10, TimeUnit.SECONDS);
			}
			return dictionary(name);
		}, List.of());
		self.set(manager);
		assertThat(manager.getCache("a")).isNotNull();
		assertThat(manager.getCacheNames()).containsExactly("a", "b");
	}

	private WeakCacheManager manager(String... cacheNames) {
		return new WeakCacheManager(this::dictionary, List.of(cacheNames));
	}

	private WeakValueDictionary<Object, Object> dictionary(String name) {
		return this.dictionaries.computeIfAbsent(name, (absent) -> new WeakValueDictionary<>());
	}

}
