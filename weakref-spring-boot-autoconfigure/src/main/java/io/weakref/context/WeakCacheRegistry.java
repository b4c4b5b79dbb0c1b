package io.weakref.context;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakCollectionBuilder;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakLocks;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The weak caches of an application by name: declared ones, those created on demand, and
 * those that the application built itself. A name belongs to one cache. The registry
 * holds its caches strongly until they are {@link #remove(String) removed}.
 * <p>
 * Safe for use by several threads. Lookups take no lock.
 *
 * @since 0.1.0
 */
public class WeakCacheRegistry {

	private static final Log logger = LogFactory.getLog(WeakCacheRegistry.class);

	private static final AtomicIntegerFieldUpdater<WeakCacheRegistry> DELIVERING = AtomicIntegerFieldUpdater
		.newUpdater(WeakCacheRegistry.class, "delivering");

	private final WeakCleaner cleaner;

	private final WeakCacheBuilderCustomizer defaults;

	private final List<WeakCacheBuilderCustomizer> customizers;

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	/** Held while {@link #entries} change. No foreign code runs under it. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock. */
	private final List<Subscription> subscriptions = new ArrayList<>();

	/**
	 * Events that are not delivered yet. They are added under the lock and so are in the
	 * order of the changes.
	 */
	private final Queue<Event> events = new ConcurrentLinkedQueue<>();

	/** Not 0 while a thread delivers events. */
	@SuppressWarnings("UnusedVariable")
	private volatile int delivering;

	/** The names of the caches that the current thread is creating. */
	private final ThreadLocal<Set<String>> creating = ThreadLocal.withInitial(HashSet::new);

	/**
	 * Create a registry that creates caches with statistics and the default referent
	 * policy.
	 * @param cleaner the cleaner of the caches that the registry creates
	 */
	public WeakCacheRegistry(WeakCleaner cleaner) {
		this(cleaner, (builder) -> builder.recordStats(true), List.of());
	}

	/**
	 * Create a registry.
	 * @param cleaner the cleaner of the caches that the registry creates
	 * @param defaults is applied to the builder of each cache before the options of its
	 * declaration
	 * @param customizers are applied to the builder after those options, in this order
	 */
	public WeakCacheRegistry(WeakCleaner cleaner, WeakCacheBuilderCustomizer defaults,
			List<? extends WeakCacheBuilderCustomizer> customizers) {
		this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
		this.defaults = Objects.requireNonNull(defaults, "defaults");
		this.customizers = List.copyOf(customizers);
	}

	/**
	 * Return the cache with a name.
	 * @param name the name
	 * @return the cache
	 * @throws NoSuchElementException if there is none; the message lists the existing
	 * names
	 */
	public WeakCollection get(String name) {
		return find(name).orElseThrow(() -> new NoSuchElementException(
				"There is no weak cache named '%s'. The names are: %s".formatted(name, names())));
	}

	/**
	 * Return the cache with a name, if there is one.
	 * @param name the name
	 * @return the cache, or an empty optional
	 */
	public Optional<WeakCollection> find(String name) {
		return Optional.ofNullable(this.entries.get(name)).map(Entry::cache);
	}

	/**
	 * Return the names of all caches.
	 * @return a sorted snapshot that does not change
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(new TreeSet<>(this.entries.keySet()));
	}

	/**
	 * Remove a cache and its meters from the registry. Code that holds the cache can
	 * continue to use it. The name becomes free.
	 * @param name the name
	 * @return whether there was such a cache
	 */
	public boolean remove(String name) {
		return remove(name, null);
	}

	/**
	 * Return the {@link WeakValueDictionary} with a name. If the name is free, create it.
	 * @param name the name
	 * @param <K> the type of the keys, which is not checked
	 * @param <V> the type of the values, which is not checked
	 * @return the dictionary with this name, always the same one
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <K, V> WeakValueDictionary<K, V> values(String name) {
		return (WeakValueDictionary<K, V>) getOrCreate(name, WeakCacheKind.VALUES);
	}

	/**
	 * Return the {@link WeakKeyDictionary} with a name. If the name is free, create it.
	 * @param name the name
	 * @param <K> the type of the keys, which is not checked
	 * @param <V> the type of the values, which is not checked
	 * @return the dictionary with this name, always the same one
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <K, V> WeakKeyDictionary<K, V> keys(String name) {
		return (WeakKeyDictionary<K, V>) getOrCreate(name, WeakCacheKind.KEYS);
	}

	/**
	 * Return the {@link WeakSet} with a name. If the name is free, create it.
	 * @param name the name
	 * @param <E> the type of the elements, which is not checked
	 * @return the set with this name, always the same one
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <E> WeakSet<E> set(String name) {
		return (WeakSet<E>) getOrCreate(name, WeakCacheKind.SET);
	}

	/**
	 * Return the {@link WeakLocks} with a name. If the name is free, create them.
	 * @param name the name
	 * @param <K> the type of the keys, which is not checked
	 * @return the {@code WeakLocks} with this name, always the same
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	@SuppressWarnings("unchecked")
	public <K> WeakLocks<K> locks(String name) {
		return (WeakLocks<K>) getOrCreate(name, WeakCacheKind.LOCKS);
	}

	/**
	 * Register a cache that was created elsewhere. Registering the same cache again under
	 * its name changes nothing.
	 * @param name the name
	 * @param cache the cache
	 * @throws WeakCacheNameTakenException if the name is taken by another cache
	 */
	public void register(String name, WeakCollection cache) {
		register(name, cache, "a registered " + cache.getClass().getSimpleName());
	}

	/**
	 * Return the cache of a declaration. If the name is free, create it.
	 * @param declaration the declaration
	 * @return the cache with this name, always the same one
	 * @throws WeakCacheNameTakenException if the name is taken by another kind
	 */
	public WeakCollection declare(WeakCacheDeclaration declaration) {
		return getOrCreate(declaration.name(), declaration.kind(), declaration.origin(), declaration.options());
	}

	/**
	 * Add a listener. It is notified of every cache that exists and of each one that is
	 * added or removed later, and misses none. Events are delivered to a listener one at
	 * a time, in the order in which they happen, while no lock is held. They are
	 * delivered before the call that caused them returns. If another thread, or an outer
	 * call on the same thread, is already delivering events, that call delivers these
	 * too.
	 * @param listener the listener; its exceptions are logged
	 */
	public void addListener(Listener listener) {
		Objects.requireNonNull(listener, "listener");
		this.lock.lock();
		try {
			Subscription subscription = new Subscription(listener);
			for (String name : new TreeSet<>(this.entries.keySet())) {
				WeakCollection cache = Objects.requireNonNull(this.entries.get(name)).cache();
				this.events.add(new Event(List.of(subscription), (each) -> each.added(name, cache)));
			}
			this.subscriptions.add(subscription);
		}
		finally {
			this.lock.unlock();
		}
		deliver();
	}

	/**
	 * Remove a listener. No event is delivered to it after this call, except one whose
	 * delivery on another thread has already begun.
	 * @param listener the listener
	 */
	public void removeListener(Listener listener) {
		this.lock.lock();
		try {
			for (Subscription subscription : this.subscriptions) {
				if (subscription.listener == listener) {
					subscription.ended = true;
					this.subscriptions.remove(subscription);
					break;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void register(String name, WeakCollection cache, String origin) {
		publish(name, new Entry(cache, origin));
	}

	/**
	 * Remove a cache only if it is the expected one.
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
			announce((listener) -> listener.removed(name, entry.cache()));
		}
		finally {
			this.lock.unlock();
		}
		deliver();
		return true;
	}

	private WeakCollection getOrCreate(String name, WeakCacheKind kind) {
		return getOrCreate(name, kind, "a cache that the application requested", (builder) -> {
		});
	}

	/**
	 * Return the cache with a name. If the name is free, create the cache: apply the
	 * defaults, then the given options, then the customizers.
	 */
	WeakCollection getOrCreate(String name, WeakCacheKind kind, String origin, WeakCacheBuilderCustomizer options) {
		Objects.requireNonNull(name, "name");
		Entry existing = this.entries.get(name);
		if (existing == null) {
			existing = publishIfAbsent(name, create(name, kind, origin, options));
		}
		if (existing.cache().kind() != kind) {
			throw new WeakCacheNameTakenException(name, existing.describe(), "%s of kind %s".formatted(origin, kind));
		}
		return existing.cache();
	}

	private Entry create(String name, WeakCacheKind kind, String origin, WeakCacheBuilderCustomizer options) {
		Set<String> names = this.creating.get();
		if (!names.add(name)) {
			throw new IllegalStateException(
					"A customizer of weak cache '%s' asks the registry for the cache that it is customizing"
						.formatted(name));
		}
		try {
			WeakCollectionBuilder<?> builder = kind.builder();
			builder.name(name).cleaner(this.cleaner);
			this.defaults.customize(builder);
			options.customize(builder);
			this.customizers.forEach((customizer) -> customizer.customize(builder));
			if (!name.equals(builder.name())) {
				throw new IllegalStateException(
						"A customizer changed the name of weak cache '%s' to '%s': a cache must keep its name"
							.formatted(name, builder.name()));
			}
			return new Entry(builder.build(), origin);
		}
		finally {
			names.remove(name);
			if (names.isEmpty()) {
				this.creating.remove();
			}
		}
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
			announce((listener) -> listener.added(name, entry.cache()));
		}
		finally {
			this.lock.unlock();
		}
		deliver();
		return entry;
	}

	/** Called under the lock. */
	private void announce(Consumer<Listener> news) {
		this.events.add(new Event(List.copyOf(this.subscriptions), news));
	}

	/**
	 * Deliver all events, unless another thread or an outer call on this thread is doing
	 * so.
	 */
	private void deliver() {
		while (!this.events.isEmpty() && DELIVERING.compareAndSet(this, 0, 1)) {
			try {
				for (Event event = this.events.poll(); event != null; event = this.events.poll()) {
					event.deliver();
				}
			}
			finally {
				this.delivering = 0;
			}
		}
	}

	/**
	 * Is notified which caches exist, one event at a time and in order, possibly on
	 * another thread than the one that made the change. It may use the registry: changes
	 * that it makes are delivered after the current event.
	 */
	public interface Listener {

		/**
		 * Called when a cache was added.
		 * @param name its name in the registry
		 * @param cache the cache
		 */
		void added(String name, WeakCollection cache);

		/**
		 * Called when a cache was removed from the registry.
		 * @param name the name that it had
		 * @param cache the cache
		 */
		default void removed(String name, WeakCollection cache) {
		}

	}

	private static final class Subscription {

		private final Listener listener;

		private volatile boolean ended;

		Subscription(Listener listener) {
			this.listener = listener;
		}

	}

	private record Event(List<Subscription> audience, Consumer<Listener> news) {

		private void deliver() {
			for (Subscription subscription : this.audience) {
				if (!subscription.ended) {
					try {
						this.news.accept(subscription.listener);
					}
					catch (Throwable ex) {
						logger.error("A listener of the weak cache registry failed", ex);
					}
				}
			}
		}

	}

	private record Entry(WeakCollection cache, String origin) {

		private String describe() {
			return "%s of kind %s".formatted(this.origin, this.cache.kind());
		}

	}

}
