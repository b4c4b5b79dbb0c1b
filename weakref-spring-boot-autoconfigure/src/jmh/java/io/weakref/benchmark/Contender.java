package io.weakref.benchmark;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.collect.MapMaker;
import io.weakref.collection.KeyMatch;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

import com.blogspot.mydailyjava.weaklockfree.WeakConcurrentMap;

/**
 * The contenders that are measured. The peers have the settings that a user would choose.
 */
public enum Contender {

	/** This library, without statistics. */
	WEAKREF("this") {

		@Override
		Store weakValues() {
			return map(WeakValueDictionary.builder().build());
		}

		@Override
		Store weakKeys() {
			return map(WeakKeyDictionary.builder().referentPolicy(ReferentPolicy.LENIENT).build());
		}

	},

	/** This library, with statistics. */
	WEAKREF_STATS("this, with statistics") {

		@Override
		Store weakValues() {
			return map(WeakValueDictionary.builder().recordStats(true).build());
		}

		@Override
		Store weakKeys() {
			return map(WeakKeyDictionary.builder().recordStats(true).build());
		}

	},

	/** Written by hand. */
	NAIVE("by hand") {

		@Override
		Store weakValues() {
			return new NaiveWeakValues();
		}

		@Override
		Store weakKeys() {
			return new NaiveWeakKeys();
		}

	},

	/** Strong on both sides: the lower bound. */
	CHM("strong `ConcurrentHashMap`") {

		@Override
		Store weakValues() {
			return map(new ConcurrentHashMap<>());
		}

		@Override
		Store weakKeys() {
			return map(new ConcurrentHashMap<>());
		}

	},

	/** Weak keys are compared by identity. */
	CAFFEINE("Caffeine") {

		@Override
		Store weakValues() {
			return caffeine(Caffeine.newBuilder().weakValues().build());
		}

		@Override
		Store weakKeys() {
			return caffeine(Caffeine.newBuilder().weakKeys().build());
		}

	},

	/** Caffeine with statistics. */
	CAFFEINE_STATS("Caffeine, with statistics") {

		@Override
		Store weakValues() {
			return caffeine(Caffeine.newBuilder().weakValues().recordStats().build());
		}

		@Override
		Store weakKeys() {
			return caffeine(Caffeine.newBuilder().weakKeys().recordStats().build());
		}

	},

	/** Weak keys are compared by identity. */
	GUAVA("Guava") {

		@Override
		Store weakValues() {
			return map(new MapMaker().weakValues().makeMap());
		}

		@Override
		Store weakKeys() {
			return map(new MapMaker().weakKeys().makeMap());
		}

	},

	/** Refers weakly to the entry, so neither side keeps it. Weak keys only. */
	SPRING("Spring's map") {

		@Override
		Store weakKeys() {
			ConcurrentReferenceHashMap<Object, Object> map = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);
			return new MapStore(map, map::purgeUnreferencedEntries);
		}

	},

	/** {@code Collections.synchronizedMap(new WeakHashMap<>())}. Weak keys only. */
	WEAK_HASH_MAP("`WeakHashMap`, synchronized") {

		@Override
		Store weakKeys() {
			return map(Collections.synchronizedMap(new WeakHashMap<>()));
		}

	},

	/** {@code weak-lock-free}; compares by identity. Weak keys only. */
	WEAK_LOCK_FREE("`weak-lock-free`") {

		@Override
		Store weakKeys() {
			return new WeakLockFreeStore(new WeakConcurrentMap.WithInlinedExpunction<>());
		}

	},

	/** This library, comparing keys by identity as most peers do. Weak keys only. */
	WEAKREF_IDENTITY("this, by identity") {

		@Override
		Store weakKeys() {
			return map(WeakKeyDictionary.builder()
				.keyMatch(KeyMatch.IDENTITY)
				.referentPolicy(ReferentPolicy.LENIENT)
				.build());
		}

	},

	/** This library, holding values for a time that does not pass. Values only. */
	WEAKREF_HOLDING("this, holding for 10 min") {

		@Override
		Store weakValues() {
			return map(WeakValueDictionary.builder().holdFor(HOLD_FOR).build());
		}

	},

	/** This library, holding values up to a number that is not reached. Values only. */
	WEAKREF_HOLDING_SOME("this, holding up to a number") {

		@Override
		Store weakValues(int entries) {
			return map(WeakValueDictionary.builder().holdMax(limit(entries)).build());
		}

	},

	/** Strong for a time after the last use. Values only. */
	CAFFEINE_BY_ACCESS("Caffeine, `expireAfterAccess`") {

		@Override
		Store weakValues() {
			return caffeine(Caffeine.newBuilder().expireAfterAccess(HOLD_FOR).build());
		}

	},

	/** Strong up to a number that is not reached. Values only. */
	CAFFEINE_BY_SIZE("Caffeine, `maximumSize`") {

		@Override
		Store weakValues(int entries) {
			return caffeine(Caffeine.newBuilder().maximumSize(limit(entries)).build());
		}

	},

	/**
	 * A cache that holds values strongly for a time, in front of a weak map of this
	 * library: the usual solution. Values only.
	 */
	CAFFEINE_BESIDE("Caffeine, `expireAfterAccess`, beside a weak map") {

		@Override
		Store weakValues() {
			return new BesideStore(map(WeakValueDictionary.builder().build()), CAFFEINE_BY_ACCESS.weakValues());
		}

	};

	private static final Duration HOLD_FOR = Duration.ofMinutes(10);

	private final String label;

	Contender(String label) {
		this.label = label;
	}

	/** The name of this contender on the pages. */
	String label() {
		return this.label;
	}

	boolean isOurs() {
		return this.label.startsWith("this");
	}

	/** Create a store for at most a number of entries. */
	Store weakValues(int entries) {
		return weakValues();
	}

	Store weakValues() {
		throw new UnsupportedOperationException(this + " has no weak values, or must know how many");
	}

	Store weakKeys() {
		throw new UnsupportedOperationException(this + " has no weak keys");
	}

	/**
	 * A limit that is not reached, but is close enough for a peer to do its bookkeeping.
	 */
	private static int limit(int entries) {
		return entries + entries / 4;
	}

	private static Store map(Map<Object, Object> map) {
		return new MapStore(map, () -> {
			// Purges by itself, or in its calls.
		});
	}

	private static Store caffeine(Cache<Object, Object> cache) {
		return new MapStore(cache.asMap(), cache::cleanUp);
	}

	/** Asks the strong map first, and puts into it what only the weak one has. */
	private record BesideStore(Store weak, Store strong) implements Store {

		@Override
		public @Nullable Object get(Object key) {
			Object value = this.strong.get(key);
			if (value == null) {
				value = this.weak.get(key);
				if (value != null) {
					this.strong.put(key, value);
				}
			}
			return value;
		}

		@Override
		public @Nullable Object put(Object key, Object value) {
			this.strong.put(key, value);
			return this.weak.put(key, value);
		}

		@Override
		public @Nullable Object remove(Object key) {
			this.strong.remove(key);
			return this.weak.remove(key);
		}

		@Override
		public @Nullable Object computeIfAbsent(Object key, Function<Object, Object> function) {
			return this.strong.computeIfAbsent(key, (k) -> this.weak.computeIfAbsent(k, function));
		}

		@Override
		public Iterable<?> values() {
			return this.weak.values();
		}

		@Override
		public int size() {
			return this.weak.size();
		}

		@Override
		public void purge() {
			this.strong.purge();
			this.weak.purge();
		}

	}

	private record WeakLockFreeStore(WeakConcurrentMap<Object, Object> map) implements Store {

		@Override
		public @Nullable Object get(Object key) {
			return this.map.get(key);
		}

		@Override
		public @Nullable Object put(Object key, Object value) {
			return this.map.put(key, value);
		}

		@Override
		public @Nullable Object remove(Object key) {
			return this.map.remove(key);
		}

		@Override
		public @Nullable Object computeIfAbsent(Object key, Function<Object, Object> function) {
			Object present = this.map.get(key);
			return (present != null) ? present : this.map.putIfAbsent(key, function.apply(key));
		}

		@Override
		public Iterable<?> values() {
			throw new UnsupportedOperationException("shows entries only");
		}

		@Override
		public int size() {
			return this.map.approximateSize();
		}

		@Override
		public void purge() {
			this.map.expungeStaleEntries();
		}

	}

}
