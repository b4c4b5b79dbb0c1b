package io.weakref.context;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The weak caches of an application by name: those that are declared, those that somebody
 * asked for, and those that the application built itself. One name is one cache; the
 * registry holds its caches strongly until they are {@link #remove(String) removed}.
 * <p>
 * Safe for use by several threads. Lookups take no lock.
 */
public class WeakCacheRegistry {

	private final WeakCleaner cleaner;

	private final boolean recordStats;

	private final ReferentPolicy referentPolicy;

	private final List<WeakCacheBuilderCustomizer> customizers;

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	private final List<Listener> listeners = new ArrayList<>();

	/** Held while {@link #entries} change and while listeners hear of it. */
	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Create a registry that makes caches with statistics and the default referent
	 * policy.
	 * @param cleaner the cleaner of the caches that the registry makes
	 */
	public WeakCacheRegistry(WeakCleaner cleaner) {
		this(cleaner, true, ReferentPolicy.WARN, List.of());
	}

	/**
	 * Create a registry.
	 * @param cleaner the cleaner of the caches that the registry makes
	 * @param recordStats whether those count, unless told otherwise
	 * @param referentPolicy their referent policy, unless told otherwise
	 * @param customizers what is applied to each of them, in this order
	 */
	public WeakCacheRegistry(WeakCleaner cleaner, boolean recordStats, ReferentPolicy referentPolicy,
			List<? extends WeakCacheBuilderCustomizer> customizers) {
		this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
		this.recordStats = recordStats;
		this.referentPolicy = Objects.requireNonNull(referentPolicy, "referentPolicy");
		this.customizers = List.copyOf(customizers);
	}

	/**
	 * Return the cache of a name.
	 * @param name the name
	 * @return the cache
	 * @throws NoSuchElementException if there is none; its message lists the names that
	 * there are
	 */
	public WeakCollection get(String name) {
		return find(name).orElseThrow(
				() -> new NoSuchElementException("There is no weak cache '%s', only %s".formatted(name, names())));
	}

	/**
	 * Return the cache of a name if there is one.
	 * @param name the name
	 * @return the cache, or nothing
	 */
	public Optional<WeakCollection> find(String name) {
		return Optional.ofNullable(this.entries.get(name)).map(Entry::cache);
	}

	/**
	 * Return the names that are taken.
	 * @return a sorted snapshot that does not change
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(new TreeSet<>(this.entries.keySet()));
	}

	/**
	 * Take a cache out of the registry; its meters go. Whoever holds the cache can go on
	 * using it, and the name is free.
	 * @param name the name
	 * @return whether there was such a cache
	 */
	public boolean remove(String name) {
		return remove(name, null);
	}

	/**
	 * Return the {@link WeakValueDictionary} of a name, making it where the name is free.
	 * @param name the name
	 * @param <K> the type of the keys, which is not checked
	 * @param <V> the type of the values, which is not checked
	 * @return the one dictionary of this name
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <K, V> WeakValueDictionary<K, V> values(String name) {
		return (WeakValueDictionary<K, V>) getOrCreate(name, WeakCacheKind.VALUES);
	}

	/**
	 * Return the {@link WeakKeyDictionary} of a name, making it where the name is free.
	 * @param name the name
	 * @param <K> the type of the keys, which is not checked
	 * @param <V> the type of the values, which is not checked
	 * @return the one dictionary of this name
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <K, V> WeakKeyDictionary<K, V> keys(String name) {
		return (WeakKeyDictionary<K, V>) getOrCreate(name, WeakCacheKind.KEYS);
	}

	/**
	 * Return the {@link WeakSet} of a name, making it where the name is free.
	 * @param name the name
	 * @param <E> the type of the elements, which is not checked
	 * @return the one set of this name
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <E> WeakSet<E> set(String name) {
		return (WeakSet<E>) getOrCreate(name, WeakCacheKind.SET);
	}

	/**
	 * Register a cache that was made elsewhere. Registering the same cache again under
	 * its name changes nothing.
	 * @param name the name
	 * @param cache the cache, one of the three collections of this library
	 * @throws WeakCacheNameTakenException if the name is taken by another cache
	 */
	public void register(String name, WeakCollection cache) {
		register(name, cache, "a registered " + cache.getClass().getSimpleName());
	}

	/**
	 * Return the cache of a declaration, making it where the name is free.
	 * @param declaration the declaration
	 * @return the one cache of this name
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	public WeakCollection declare(WeakCacheDeclaration declaration) {
		return getOrCreate(declaration.name(), declaration.kind(), declaration.origin(), declaration.options());
	}

	/**
	 * Return whether a cache counts lookups, loads and puts, as far as the registry can
	 * know: of one that was registered ready-made it supposes so.
	 * @param name the name
	 * @return whether there is such a cache and it counts
	 */
	public boolean recordsStats(String name) {
		Entry entry = this.entries.get(name);
		return entry != null && entry.recordsStats();
	}

	/**
	 * Tell a listener of each cache there is, now, and of each one to come and to go,
	 * without a gap between the two. Events reach a listener one at a time in the order
	 * in which they happen, on the thread that caused them and before that thread's call
	 * returns.
	 * @param listener the listener
	 */
	public void addListener(Listener listener) {
		Objects.requireNonNull(listener, "listener");
		this.lock.lock();
		try {
			this.listeners.add(listener);
			new TreeSet<>(this.entries.keySet())
				.forEach((name) -> listener.added(name, Objects.requireNonNull(this.entries.get(name)).cache()));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Tell a listener nothing more.
	 * @param listener the listener
	 */
	public void removeListener(Listener listener) {
		this.lock.lock();
		try {
			this.listeners.remove(listener);
		}
		finally {
			this.lock.unlock();
		}
	}

	void register(String name, WeakCollection cache, String origin) {
		publish(name, new Entry(cache, WeakCacheKind.of(cache), origin, true));
	}

	/**
	 * Remove a cache only if it is a certain one.
	 */
	boolean remove(String name, @Nullable WeakCollection expected) {
		Objects.requireNonNull(name, "name");
		this.lock.lock();
		try {
			Entry entry = this.entries.get(name);
			if (entry == null || (expected != null && entry.cache() != expected)) {
				return false;
			}
			this.entries.remove(name);
			List.copyOf(this.listeners).forEach((listener) -> listener.removed(name, entry.cache()));
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private WeakCollection getOrCreate(String name, WeakCacheKind kind) {
		return getOrCreate(name, kind, "a cache that the application asked for", (builder) -> {
		});
	}

	/**
	 * Return the cache of a name; where the name is free make it with the defaults, the
	 * given options and then the customizers.
	 */
	WeakCollection getOrCreate(String name, WeakCacheKind kind, String origin, WeakCacheBuilderCustomizer options) {
		Objects.requireNonNull(name, "name");
		Entry existing = this.entries.get(name);
		if (existing == null) {
			existing = publishIfAbsent(name, create(name, kind, origin, options));
		}
		if (existing.kind() != kind) {
			throw new WeakCacheNameTakenException(name, existing.describe(), "%s of kind %s".formatted(origin, kind));
		}
		return existing.cache();
	}

	private Entry create(String name, WeakCacheKind kind, String origin, WeakCacheBuilderCustomizer options) {
		WeakCacheBuilder builder = new WeakCacheBuilder(name, kind, this.cleaner).recordStats(this.recordStats)
			.referentPolicy(this.referentPolicy);
		options.customize(builder);
		this.customizers.forEach((customizer) -> customizer.customize(builder));
		return new Entry(builder.build(), kind, origin, builder.recordsStats());
	}

	private void publish(String name, Entry entry) {
		Objects.requireNonNull(name, "name");
		Entry holder = publishIfAbsent(name, entry);
		if (holder.cache() != entry.cache()) {
			throw new WeakCacheNameTakenException(name, holder.describe(), entry.describe());
		}
	}

	private Entry publishIfAbsent(String name, Entry entry) {
		this.lock.lock();
		try {
			Entry existing = this.entries.putIfAbsent(name, entry);
			if (existing != null) {
				return existing;
			}
			List.copyOf(this.listeners).forEach((listener) -> listener.added(name, entry.cache()));
			return entry;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Hears which caches there are. Called while the registry is locked for changes, so
	 * that no event is missed or overtaken: should be short, and must not wait for
	 * another thread that changes the registry.
	 */
	public interface Listener {

		/**
		 * A cache is there.
		 * @param name its name in the registry
		 * @param cache the cache
		 */
		void added(String name, WeakCollection cache);

		/**
		 * A cache has been taken out of the registry.
		 * @param name the name it had
		 * @param cache the cache
		 */
		default void removed(String name, WeakCollection cache) {
		}

	}

	private record Entry(WeakCollection cache, WeakCacheKind kind, String origin, boolean recordsStats) {

		private String describe() {
			return "%s of kind %s".formatted(this.origin, this.kind);
		}

	}

}
