package com.example;

import java.awt.image.BufferedImage;
import java.lang.ref.Cleaner;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.stream.IntStream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import com.google.common.collect.MapMaker;
import com.google.common.util.concurrent.Striped;
import io.weakref.GarbageCollection;
import io.weakref.collection.KeyMatch;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.Finalizer;
import org.junit.jupiter.api.Test;

import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the code on the page about migration: the code to be replaced, and its
 * replacement.
 */
class MigrationTests {

	private final TileId id = new TileId(1, 2);

	@Test
	void weakValuesAreComparedByIdentityInCaffeineAndByEqualityHere() {
		Cache<TileId, Customer> theirs = Caffeine.newBuilder().weakValues().build();
		WeakValueDictionary<TileId, Customer> ours = new WeakValueDictionary<>();
		Customer value = new Customer("a");
		theirs.put(this.id, value);
		ours.put(this.id, value);
		assertThat(theirs.asMap().remove(this.id, new Customer("a"))).isFalse();
		assertThat(ours.remove(this.id, new Customer("a"))).isTrue();
		assertThat(value).isNotNull();
	}

	@Test
	void oneTileIsSharedByCaffeine() {
		TileId id = this.id;
		Cache<TileId, BufferedImage> tiles = Caffeine.newBuilder().weakValues().build();
		BufferedImage tile = tiles.get(id, Renderer::render);
		assertThat(tiles.getIfPresent(id)).isSameAs(tile);
	}

	@Test
	void oneTileIsSharedHere() {
		TileId id = this.id;
		WeakValueDictionary<TileId, BufferedImage> tiles = new WeakValueDictionary<>();
		BufferedImage tile = tiles.computeIfAbsent(id, Renderer::render);
		assertThat(tiles.get(id)).isSameAs(tile);
	}

	@Test
	void tileIsHeldForAWhileByCaffeine() {
		Cache<TileId, BufferedImage> tiles = Caffeine.newBuilder()
			.expireAfterAccess(Duration.ofMinutes(10))
			.maximumSize(10_000)
			.build();
		assertThat(tiles.get(this.id, Renderer::render)).isNotNull();
		GarbageCollection.collect();
		assertThat(tiles.getIfPresent(this.id)).isNotNull();
	}

	@Test
	void tileIsHeldForAWhileHere() {
		WeakValueDictionary<TileId, BufferedImage> tiles = WeakValueDictionary.<TileId, BufferedImage>builder()
			.holdFor(Duration.ofMinutes(10))
			.holdMax(10_000)
			.build();
		tiles.computeIfAbsent(this.id, Renderer::render);
		GarbageCollection.collect();
		assertThat(tiles.get(this.id)).isNotNull();
	}

	@Test
	void oneTileIsSharedByGuava() {
		TileId id = this.id;
		ConcurrentMap<TileId, BufferedImage> tiles = new MapMaker().weakValues().makeMap();
		BufferedImage tile = tiles.computeIfAbsent(id, Renderer::render);
		assertThat(tiles.get(id)).isSameAs(tile);
	}

	@Test
	void weakKeysAreComparedByIdentityInCaffeineAndOnRequestHere() {
		assertThat(namesOfEqualConnections(theirUsers().asMap())).isEqualTo(2);
		assertThat(namesOfEqualConnections(ourUsers())).isEqualTo(2);
		assertThat(namesOfEqualConnections(new WeakKeyDictionary<>())).isEqualTo(1);
	}

	private static Cache<Connection, String> theirUsers() {
		Cache<Connection, String> users = Caffeine.newBuilder().weakKeys().build();
		return users;
	}

	private static WeakKeyDictionary<Connection, String> ourUsers() {
		WeakKeyDictionary<Connection, String> users = WeakKeyDictionary.<Connection, String>builder()
			.keyMatch(KeyMatch.IDENTITY)
			.build();
		return users;
	}

	private static int namesOfEqualConnections(Map<Connection, String> users) {
		Connection one = new Connection(1);
		Connection equal = new Connection(1);
		users.put(one, "one");
		users.put(equal, "equal");
		int size = users.size();
		assertThat(users.containsKey(one) && users.containsKey(equal)).isTrue();
		return size;
	}

	@Test
	void oneOfEqualObjectsIsReturnedByGuava() {
		Interner<TileId> ids = Interners.newWeakInterner();
		TileId id = ids.intern(new TileId(1, 2));
		assertThat(ids.intern(new TileId(1, 2))).isSameAs(id);
	}

	@Test
	void oneOfEqualObjectsIsReturnedHere() {
		WeakSet<TileId> ids = new WeakSet<>();
		TileId id = ids.intern(new TileId(1, 2));
		assertThat(ids.intern(new TileId(1, 2))).isSameAs(id);
	}

	@Test
	void stripesOfGuavaAreSharedByDifferentKeys() {
		Striped<Lock> accounts = Striped.lazyWeakLock(64);
		Lock lock = accounts.get("mine");
		assertThat(IntStream.range(0, 1000).mapToObj(accounts::get)).contains(lock);
	}

	@Test
	void locksOfDifferentKeysAreDifferentHere() {
		WeakLocks<String> accounts = new WeakLocks<>();
		Lock lock = accounts.get("mine");
		assertThat(IntStream.range(0, 1000).mapToObj((i) -> accounts.get("mine " + i))).doesNotContain(lock);
		assertThat(accounts.get("mine")).isSameAs(lock);
	}

	@Test
	void entryOfSpringsMapDisappearsAlthoughItsValueIsHeldAndOursStays() {
		Map<TileId, BufferedImage> tiles = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);
		WeakValueDictionary<TileId, BufferedImage> ours = new WeakValueDictionary<>();
		BufferedImage tile = Renderer.render(this.id);
		tiles.put(this.id, tile);
		ours.put(this.id, tile);
		GarbageCollection.until(() -> !tiles.containsKey(this.id));
		assertThat(ours.get(this.id)).isSameAs(tile);
	}

	@Test
	void dataAreAttachedByTheMapOfTheJdk() {
		Map<Connection, LongAdder> bytes = Collections.synchronizedMap(new WeakHashMap<>());
		Set<Connection> open = Collections.newSetFromMap(new WeakHashMap<>());
		attach(bytes, open);
	}

	@Test
	void dataAreAttachedHere() {
		Map<Connection, LongAdder> bytes = new WeakKeyDictionary<>();
		Set<Connection> open = new WeakSet<>();
		attach(bytes, open);
	}

	private static void attach(Map<Connection, LongAdder> bytes, Set<Connection> open) {
		Connection connection = new Connection(1);
		bytes.computeIfAbsent(connection, (key) -> new LongAdder()).add(42);
		open.add(connection);
		GarbageCollection.collect();
		assertThat(bytes.get(connection)).hasToString("42");
		assertThat(open).containsExactly(connection);
	}

	@Test
	void keysOfAMapWrittenByHandStay() {
		ByHand theirs = new ByHand();
		Here ours = new Here();
		theirs.tile(this.id);
		ours.tile(this.id);
		GarbageCollection.until(() -> ours.tiles.isEmpty());
		assertThat(theirs.tiles).hasSize(1);
	}

	@Test
	void cleanerAndFinalizerRunTheirActionOnce() {
		AtomicInteger cleaned = new AtomicInteger();
		Object owner = new Object();
		clean(owner, cleaned::incrementAndGet);
		assertThat(cleaned).hasValue(1);
		call(owner, cleaned::incrementAndGet);
		assertThat(cleaned).hasValue(2);
	}

	private static void clean(Object owner, Runnable action) {
		Cleanable cleanable = Cleaner.create().register(owner, action);
		cleanable.clean();
		cleanable.clean();
	}

	private static void call(Object owner, Runnable action) {
		Finalizer<?> finalizer = Finalizer.register(owner, action);
		finalizer.call();
		finalizer.call();
	}

	private static final class ByHand {

		private final Map<TileId, WeakReference<BufferedImage>> tiles = new ConcurrentHashMap<>();

		BufferedImage tile(TileId id) {
			WeakReference<BufferedImage> reference = this.tiles.get(id);
			BufferedImage tile = (reference != null) ? reference.get() : null;
			if (tile == null) {
				tile = Renderer.render(id);
				this.tiles.put(id, new WeakReference<>(tile));
			}
			return tile;
		}

	}

	private static final class Here {

		private final WeakValueDictionary<TileId, BufferedImage> tiles = new WeakValueDictionary<>();

		BufferedImage tile(TileId id) {
			return this.tiles.computeIfAbsent(id, Renderer::render);
		}

	}

}
