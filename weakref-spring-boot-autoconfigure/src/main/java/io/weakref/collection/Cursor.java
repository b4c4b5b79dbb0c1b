package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Iterates over the live entries of a table. Weakly consistent. It holds the weak side of
 * the next entry strongly from the moment {@link #hasNext()} has found it until
 * {@link #next()} has returned it. The strong side is read in {@code next()}, so a value
 * may be newer than what {@code hasNext()} has found. Between two calls the cursor also
 * holds nodes, and with them their strong sides: the nodes of the current bin that are
 * still to come and, for {@link #remove()}, the last one, with whatever a subclass keeps
 * of it. Once the end is reached it holds no entry, only the table.
 * <p>
 * A cursor is for one thread.
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

	/** Its weak side, until it is returned. */
	private @Nullable Object held;

	private @Nullable Node lastNode;

	/** The value of the last entry if the table holds values strongly. */
	private @Nullable Object lastStrong;

	/**
	 * The last node once the end was reached. Cleared if the node is no longer in the
	 * table.
	 */
	private @Nullable WeakReference<Node> nodeAtEnd;

	/** The value of the last entry once the end was reached. */
	private @Nullable WeakReference<Object> valueAtEnd;

	Cursor(WeakTable<K, V> table) {
		this.table = table;
		this.nodes = table.walker();
		this.weakKeys = table.hasWeakKeys();
	}

	/** Create the element for an entry. */
	abstract T element(Node node, K key, V value);

	/**
	 * Drop what a subclass keeps of the entry returned last, and report to
	 * {@link #changeLast} if it was changed.
	 */
	void forgetEntry() {
	}

	/**
	 * Record that the entry returned last was changed by {@code setValue}.
	 * @param node the node that it has now, {@code null} if the entry was gone
	 * @param value the value that it has now
	 */
	final void changeLast(@Nullable Node node, Object value) {
		if (node != null) {
			this.lastNode = node;
		}
		this.lastStrong = this.weakKeys ? value : null;
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
				atEnd();
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

	/**
	 * Small enough for the JIT compiler to inline into an iteration, which it would not
	 * optimize otherwise.
	 */
	private void atEnd() {
		forgetEntry();
		Node node = this.lastNode;
		if (node != null) {
			this.nodeAtEnd = new WeakReference<>(node);
			this.valueAtEnd = new WeakReference<>(this.lastStrong);
			this.lastNode = null;
			this.lastStrong = null;
		}
	}

	@Override
	@SuppressWarnings("unchecked")
	public final T next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		Node node = Objects.requireNonNull(this.nextNode);
		Object weak = Objects.requireNonNull(this.held);
		Object strong = Objects.requireNonNull(this.weakKeys ? node.valueAcquire() : node.strong);
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
		forgetEntry();
		Node node = this.lastNode;
		WeakReference<Node> nodeAtEnd = this.nodeAtEnd;
		WeakReference<Object> valueAtEnd = this.valueAtEnd;
		if (node == null && nodeAtEnd == null) {
			throw new IllegalStateException("remove() must follow a call of next()");
		}
		Object strong = this.lastStrong;
		if (nodeAtEnd != null && valueAtEnd != null) {
			node = nodeAtEnd.get();
			strong = valueAtEnd.get();
		}
		if (node != null && (strong != null || !this.weakKeys)) {
			this.table.replaceEntry(node, null, strong, null);
		}
		this.lastNode = null;
		this.lastStrong = null;
		this.nodeAtEnd = null;
		this.valueAtEnd = null;
	}

}
