package io.weakref.collection;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Iterates over the live entries of a table. Weakly consistent; holds the weak side of
 * the next entry from the moment {@link #hasNext()} has promised it until {@link #next()}
 * has returned it, and no other. The strong side is read in {@code next()}, so a value
 * may be newer than the promise. The nodes of one bin are held, too, and with them their
 * strong sides.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 * @param <T> what is iterated over
 */
abstract class Cursor<K, V, T> implements Iterator<T> {

	private final WeakTable<K, V> table;

	private final BinWalker nodes;

	private final boolean weakKeys;

	/** The entry that {@link #hasNext()} found. */
	private @Nullable Node nextNode;

	/** Its weak side, until it is shown. */
	private @Nullable Object held;

	private @Nullable Node lastNode;

	/** The value of the last entry as long as the table holds it strongly, too. */
	private @Nullable Object lastStrong;

	Cursor(WeakTable<K, V> table) {
		this.table = table;
		this.nodes = table.walker();
		this.weakKeys = table.hasWeakKeys();
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
		return this.held != null || find();
	}

	private boolean find() {
		Object weak = null;
		Node node;
		do {
			node = this.nodes.next();
			if (node == null) {
				return false;
			}
			weak = node.get();
			while (weak == null && node != null) {
				node = this.table.replacementOf(node);
				weak = (node != null) ? node.get() : null;
			}
		}
		while (weak == null);
		this.nextNode = node;
		this.held = weak;
		return true;
	}

	@Override
	@SuppressWarnings("unchecked")
	public final T next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		Node node = Objects.requireNonNull(this.nextNode);
		Object weak = Objects.requireNonNull(this.held);
		Object strong = Objects.requireNonNull(this.weakKeys ? node.value() : node.strong);
		this.nextNode = null;
		this.held = null;
		this.lastNode = node;
		if (this.weakKeys) {
			this.lastStrong = strong;
			return element(node, (K) weak, (V) strong);
		}
		return element(node, (K) strong, (V) weak);
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
