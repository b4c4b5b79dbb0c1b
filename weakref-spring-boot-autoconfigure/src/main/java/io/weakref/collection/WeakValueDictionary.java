package io.weakref.collection;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.weakref.reference.WeakRef;

/**
 * A concurrent map that holds its values weakly: an entry lives as long as somebody else
 * holds its value. The way to keep one shared instance for each id while anybody uses it:
 *
 * <pre class="code">
 * BufferedImage tile = tiles.computeIfAbsent(id, renderer::render);
 * </pre>
 *
 * An entry whose value has died is invisible to every call from then on and removed from
 * the table soon after a collection. It therefore looks as if an unknown thread removed
 * entries: {@code containsKey} then {@code get} may find and not find, an iteration may
 * return fewer elements than {@link #size()} said. One call of {@code get} or
 * {@code computeIfAbsent} is the way to obtain a value.
 * <p>
 * No call waits for another but those that write the same key. While a function given to
 * {@code compute} and its like runs, other threads read the old value, and those that
 * write the same key wait, a removal through an iterator among them. {@link #clear()}
 * does not wait: what is being computed then reaches its caller and is not stored; nor is
 * what meets the condition of a bulk removal, such as {@code values().removeIf}, that
 * came by meanwhile (the condition is then told on the thread that has computed the
 * value). The function may use the map, but for its own key, or one whose function waits
 * for the calling thread: then it gets an {@code IllegalStateException}. Every method on
 * one key is atomic. Bulk methods and views are weakly consistent and never throw
 * {@code ConcurrentModificationException}. {@code null} is refused with a
 * {@code NullPointerException} as key and value, and is contained nowhere. Not
 * serializable.
 *
 * @param <K> the type of keys, compared by {@code equals}
 * @param <V> the type of values
 * @see WeakKeyDictionary
 * @since 0.1.0
 */
public non-sealed class WeakValueDictionary<K, V> extends WeakDictionary<K, V> {

	/**
	 * Create an empty dictionary with the shared cleaner.
	 */
	public WeakValueDictionary() {
		this(builder());
	}

	/**
	 * Create a dictionary with the shared cleaner that has the entries of a map.
	 * @param source the map to copy
	 */
	@SuppressWarnings("this-escape") // what it calls cannot be overridden
	public WeakValueDictionary(Map<? extends K, ? extends V> source) {
		this(WeakValueDictionary.<K, V>builder().initialCapacity(source.size()));
		fill(source);
	}

	private WeakValueDictionary(Builder<K, V> builder) {
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
		return WeakCacheKind.VALUES;
	}

	/**
	 * Return references to the live values, which keep none of them alive: some may be
	 * dead when they are used.
	 * @return a new list
	 */
	public List<WeakRef<V>> valueRefs() {
		List<WeakRef<V>> refs = new ArrayList<>();
		valueRefIterator().forEachRemaining(refs::add);
		return refs;
	}

	/**
	 * Iterate over references to the live values, weakly consistent.
	 * @return an iterator that holds a value only between {@code hasNext()} and
	 * {@code next()}
	 */
	public Iterator<WeakRef<V>> valueRefIterator() {
		return new RefIterator<>(values().iterator());
	}

	/**
	 * Builds a {@link WeakValueDictionary}.
	 *
	 * @param <K> the type of keys
	 * @param <V> the type of values
	 */
	public static final class Builder<K, V> extends WeakCollectionBuilder<Builder<K, V>> {

		private Builder() {
			super(WeakCacheKind.VALUES);
		}

		@Override
		<A, B> WeakTable<A, B> table(String name, WeakCollection owner) {
			return table(name, owner, false, KeyMatch.EQUALITY, KeyRetention.OLDEST);
		}

		/**
		 * Make the dictionary.
		 * @return an empty dictionary
		 */
		@Override
		public WeakValueDictionary<K, V> build() {
			return new WeakValueDictionary<>(this);
		}

	}

}
