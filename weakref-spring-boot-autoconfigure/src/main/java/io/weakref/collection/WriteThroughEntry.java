package io.weakref.collection;

import java.util.AbstractMap.SimpleEntry;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of an entry that holds key and value strongly. {@link #setValue} writes
 * through to that same entry if it is still in the table, and never inserts it again.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
final class WriteThroughEntry<K, V> extends SimpleEntry<K, V> {

	private final transient WeakDictionary<K, V> dictionary;

	private transient @Nullable Node node;

	WriteThroughEntry(WeakDictionary<K, V> dictionary, Node node, K key, V value) {
		super(key, value);
		this.dictionary = dictionary;
		this.node = node;
	}

	@Override
	public V setValue(V value) {
		Objects.requireNonNull(value, "value");
		if (this.node != null) {
			this.node = this.dictionary.setValue(this.node, getKey(), getValue(), value);
		}
		return super.setValue(value);
	}

	/**
	 * The node that the entry has had since the last {@link #setValue}; {@code null} if
	 * the entry was gone.
	 */
	@Nullable Node node() {
		return this.node;
	}

}
