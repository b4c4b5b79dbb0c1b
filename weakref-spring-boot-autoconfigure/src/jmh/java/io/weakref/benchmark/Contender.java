package io.weakref.benchmark;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.collect.MapMaker;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

import com.blogspot.mydailyjava.weaklockfree.WeakConcurrentMap;

/**
 * Who is measured. Of the peers those settings are taken that a user would.
 */
public enum Contender {

	/** Ours, without statistics. */
	WEAKREF {

		@Override
		Store weakValues() {
			return map(WeakValueDictionary.builder().build());
		}

		@Override
		Store weakKeys() {
			return map(WeakKeyDictionary.builder().referentPolicy(ReferentPolicy.LENIENT).build());
		}

	},

	/** Ours, with statistics. */
	WEAKREF_STATS {

		@Override
		Store weakValues() {
			return map(WeakValueDictionary.builder().recordStats(true).build());
		}

		@Override
		Store weakKeys() {
			return map(WeakKeyDictionary.builder().recordStats(true).build());
		}

	},

	/** By hand. */
	NAIVE {

		@Override
		Store weakValues() {
			return new NaiveWeakValues();
		}

		@Override
		Store weakKeys() {
			return new NaiveWeakKeys();
		}

	},

	/** Strong on both sides: the limit. */
	CHM {

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
	CAFFEINE {

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
	CAFFEINE_STATS {

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
	GUAVA {

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
	SPRING {

		@Override
		Store weakKeys() {
			ConcurrentReferenceHashMap<Object, Object> map = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);
			return new MapStore(map, map::purgeUnreferencedEntries);
		}

	},

	/** {@code Collections.synchronizedMap(new WeakHashMap<>())}. Weak keys only. */
	WEAK_HASH_MAP {

		@Override
		Store weakKeys() {
			return map(Collections.synchronizedMap(new WeakHashMap<>()));
		}

	},

	/** {@code weak-lock-free}; compares by identity. Weak keys only. */
	WEAK_LOCK_FREE {

		@Override
		Store weakKeys() {
			return new WeakLockFreeStore(new WeakConcurrentMap.WithInlinedExpunction<>());
		}

	};

	Store weakValues() {
		throw new UnsupportedOperationException(this + " has no weak values");
	}

	abstract Store weakKeys();

	private static Store map(Map<Object, Object> map) {
		return new MapStore(map, () -> {
			// By itself, or with its calls.
		});
	}

	private static Store caffeine(Cache<Object, Object> cache) {
		return new MapStore(cache.asMap(), cache::cleanUp);
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
