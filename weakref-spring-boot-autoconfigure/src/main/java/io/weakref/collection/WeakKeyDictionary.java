package io.weakref.collection;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.weakref.reference.WeakRef;

/**
 * A concurrent map that holds its keys weakly: an entry lives as long as something else
 * refers to its key. Use it to attach data to objects that other code owns.
 * <p>
 * A value is held strongly for as long as its key lives. A value from which its own key
 * can be reached therefore keeps the entry alive forever. If each value is the key of the
 * next entry, only one entry of such a chain dies with each garbage collection, as in a
 * {@link java.util.WeakHashMap}.
 * <p>
 * Storing a value under a key that equals a live key of the map keeps the <em>old</em>
 * key, as in every map. The entry then dies with the old key even if the new key is
 * alive. With {@link KeyRetention#NEWEST} the new key replaces the old one. With
 * {@link KeyMatch#IDENTITY} no two objects are equal.
 * <p>
 * Otherwise it behaves like {@link WeakValueDictionary}: dead entries are invisible,
 * methods on one key are atomic, bulk methods are weakly consistent, functions run
 * without a lock, and {@code null} is not allowed. Not serializable.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 * @see WeakSet
 * @since 0.1.0
 */
public non-sealed class WeakKeyDictionary<K, V> extends WeakDictionary<K, V> {

	/**
	 * Create an empty dictionary with the shared cleaner.
	 */
	public WeakKeyDictionary() {
		this(builder());
	}

	/**
	 * Create a dictionary with the shared cleaner and the entries of a map.
	 * @param source the map to copy
	 */
	@SuppressWarnings("this-escape") // what it calls cannot be overridden
	public WeakKeyDictionary(Map<? extends K, ? extends V> source) {
		this(WeakKeyDictionary.<K, V>builder().initialCapacity(source.size()));
		fill(source);
	}

	private WeakKeyDictionary(Builder<K, V> builder) {
		super(builder);
	}

	/**
	 * Return a builder.
	 * @param <K> the type of keys
	 * @param <V> the type of values
	 * @return a builder with the default settings
	 */
	public static <K, V> Builder<K, V> builder() {
		return new Builder<>();
	}

	@Override
	public WeakCacheKind kind() {
		return WeakCacheKind.KEYS;
	}

	/**
	 * Return weak references to the live keys. Some keys may have died by the time their
	 * references are used.
	 * @return a new list
	 */
	public List<WeakRef<K>> keyRefs() {
		List<WeakRef<K>> refs = new ArrayList<>();
		keyRefIterator().forEachRemaining(refs::add);
		return refs;
	}

	/**
	 * Iterate over weak references to the live keys, weakly consistent.
	 * @return an iterator that holds a key strongly only between {@code hasNext()} and
	 * {@code next()}
	 */
	public Iterator<WeakRef<K>> keyRefIterator() {
		return new RefIterator<>(keySet().iterator());
	}

	/**
	 * Builds a {@link WeakKeyDictionary}.
	 *
	 * @param <K> the type of keys
	 * @param <V> the type of values
	 */
	public static final class Builder<K, V> extends WeakKeyedBuilder<Builder<K, V>> {

		private Builder() {
			super(WeakCacheKind.KEYS);
		}

		/**
		 * Create the dictionary.
		 * @return an empty dictionary
		 */
		@Override
		public WeakKeyDictionary<K, V> build() {
			return new WeakKeyDictionary<>(this);
		}

	}

}
