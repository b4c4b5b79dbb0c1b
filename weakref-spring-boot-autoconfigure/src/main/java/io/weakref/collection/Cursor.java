package io.weakref.collection;

import java.util.Iterator;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/**
 * Iterates over the live entries of a table. Weakly consistent; holds the key and value
 * of the next entry from the moment {@link #hasNext()} has promised it until
 * {@link #next()} has returned it, and no other.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 * @param <T> what is iterated over
 */
abstract class Cursor<K, V, T> implements Iterator<T> {

	private final WeakTable<K, V> table;

	private final BinWalker bins;

	private int position;

	private @Nullable Node nextNode;

	private @Nullable K nextKey;

	private @Nullable V nextValue;

	private @Nullable Node lastNode;

	/** The value of the last entry as long as the table holds it strongly, too. */
	private @Nullable Object lastStrong;

	Cursor(WeakTable<K, V> table) {
		this.table = table;
		this.bins = table.walker();
	}

	/** Make the element of an entry. */
	abstract T element(Node node, K key, V value);

	/**
	 * Remove the entry that was shown last, if it is still there.
	 * @param strong its value, if the table holds it strongly
	 */
	void removeEntry(Node node, @Nullable Object strong) {
		this.table.replaceEntry(node, null, strong, null);
	}

	@Override
	public final boolean hasNext() {
		while (this.nextNode == null) {
			if (this.position == this.bins.size()) {
				this.position = 0;
				if (!this.bins.advance()) {
					return false;
				}
			}
			Node node = this.bins.node(this.position++);
			K key = this.table.keyIn(node);
			V value = this.table.valueIn(node);
			while (value == null && node != null) {
				node = this.table.replacementOf(node);
				value = (node != null) ? this.table.valueIn(node) : null;
			}
			if (key != null && value != null) {
				this.nextKey = key;
				this.nextValue = value;
				this.nextNode = node;
			}
		}
		return true;
	}

	@Override
	public final T next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		Node node = this.nextNode;
		K key = this.nextKey;
		V value = this.nextValue;
		if (node == null || key == null || value == null) {
			throw new NoSuchElementException();
		}
		this.nextNode = null;
		this.nextKey = null;
		this.nextValue = null;
		this.lastNode = node;
		this.lastStrong = this.table.hasWeakKeys() ? value : null;
		return element(node, key, value);
	}

	@Override
	public final void remove() {
		Node node = this.lastNode;
		if (node == null) {
			throw new IllegalStateException("remove() needs a call of next() before it");
		}
		removeEntry(node, this.lastStrong);
		this.lastNode = null;
		this.lastStrong = null;
	}

}
