package io.weakref.collection;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.weakref.reference.WeakRef;

/**
 * A concurrent map that holds its keys weakly: an entry lives as long as somebody else
 * holds its key. The way to attach data to objects that others own.
 * <p>
 * A value is held strongly for as long as its key lives. A value from which its own key
 * can be reached therefore keeps the entry alive for ever. Of a chain in which each value
 * is the key of the next entry, one entry dies with each garbage collection, as in a
 * {@link java.util.WeakHashMap}.
 * <p>
 * Storing under a key that equals a live key of the map keeps the <em>old</em> key, as in
 * every map: the entry then dies with the old key, though the new one lives. With
 * {@link KeyRetention#NEWEST} the new key takes its place, and with
 * {@link KeyMatch#IDENTITY} no two objects are equal.
 * <p>
 * For the rest the promises of {@link WeakValueDictionary} hold: entries that died are
 * invisible, methods on one key are atomic, bulk methods weakly consistent, functions run
 * without a lock, {@code null} is refused. Not serializable.
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
	 * Create a dictionary with the shared cleaner that has the entries of a map.
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
	 * Return references to the live keys, which keep none of them alive: some may be dead
	 * when they are used.
	 * @return a new list
	 */
	public List<WeakRef<K>> keyRefs() {
		List<WeakRef<K>> refs = new ArrayList<>();
		keyRefIterator().forEachRemaining(refs::add);
		return refs;
	}

	/**
	 * Iterate over references to the live keys, weakly consistent.
	 * @return an iterator that holds a key only between {@code hasNext()} and
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
		 * Make the dictionary.
		 * @return an empty dictionary
		 */
		@Override
		public WeakKeyDictionary<K, V> build() {
			return new WeakKeyDictionary<>(this);
		}

	}

}
