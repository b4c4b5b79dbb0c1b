package io.weakref.collection;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * All nodes with one hash code, if there are too many for a chain. Nodes whose keys are
 * of one class that is {@link Comparable} to itself are ordered by their keys. Only
 * strong keys can be ordered: a weak key may be gone when it has to be compared.
 * <p>
 * An instance is at the front of its bin, before every node of another class. Its hash is
 * that of its keys with the sign bit set. So a reader skips it, sees a head with a
 * negative hash when it misses, and searches again; other bins have no additional cost. A
 * resize moves the instance as one node; the nodes in it are not moved individually.
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 * <li>The nodes are in immutable arrays, which are the elements of an immutable array,
 * the <em>state</em>. Every change creates a new state and publishes it with one volatile
 * write under the monitor of this object. So a reader sees a consistent state.</li>
 * <li>Keys are compared without a lock. A writer passes the state that it has searched,
 * like the expected value of a CAS, and searches again if the state has changed
 * since.</li>
 * <li>A key has at most one node. A reservation takes the place of the node of its key,
 * and refers to that node as its {@code prior} if it is alive.</li>
 * <li>No inner array is empty. An empty state is final: the thread that leaves it empty
 * unlinks this object from its bin, under the lock of the bin.</li>
 * <li>Keys of other classes are here, too, because they may equal an ordered key. They
 * are in separate arrays after the ordered ones, and are searched linearly.</li>
 * </ol>
 *
 * A change copies at most {@value #MAX_CHUNK} references to nodes, and one reference to
 * an inner array for each {@code MAX_CHUNK / 2} nodes.
 */
final class OrderedNodes extends Node {

	/** The number of keys with one hash code from which on they are ordered. */
	static final int THRESHOLD = 8;

	private static final int MAX_CHUNK = 512;

	private static final Node[] NO_NODES = new Node[0];

	private static final Node[][] NONE = new Node[0][];

	private final Class<?> keyClass;

	private volatile Node[][] chunks;

	/**
	 * Order nodes.
	 * @param nodes the nodes with keys of the class, at least one, all with different
	 * keys
	 * @param others the nodes with keys of other classes
	 * @throws RuntimeException if a comparison throws it
	 */
	OrderedNodes(int hash, Class<?> keyClass, List<Node> nodes, List<Node> others) {
		super(hash | ~HASH_BITS, null, null);
		this.keyClass = keyClass;
		Node[] sorted = nodes.toArray(NO_NODES);
		Arrays.sort(sorted, Comparator.comparing((node) -> comparable(node.strong)));
		this.chunks = others.isEmpty() ? new Node[][] { sorted } : new Node[][] { sorted, others.toArray(NO_NODES) };
	}

	/** Whether a key can be ordered among other keys of its class. */
	static boolean isOrdered(Object key) {
		if (key instanceof Comparable<?>) {
			Class<?> type = key.getClass();
			if (type == String.class) {
				return true;
			}
			for (Type each : type.getGenericInterfaces()) {
				if (each instanceof ParameterizedType comparable && comparable.getRawType() == Comparable.class
						&& comparable.getActualTypeArguments()[0] == type) {
					return true;
				}
			}
		}
		return false;
	}

	@SuppressWarnings({ "unchecked", "NullAway" }) // every node here has a key
	private static Comparable<Object> comparable(@Nullable Object key) {
		return (Comparable<Object>) key;
	}

	/** Whether a key is of the class whose keys are ordered. */
	private boolean isOfClass(@Nullable Object key) {
		return key != null && key.getClass() == this.keyClass;
	}

	/** The number of inner arrays with ordered nodes, which come first. */
	private int ordered(Node[][] chunks) {
		int count = chunks.length;
		while (count > 0 && !isOfClass(chunks[count - 1][0].strong)) {
			count--;
		}
		return count;
	}

	/** Whether no node is left. Then none will ever be added. */
	boolean isEmpty() {
		return this.chunks.length == 0;
	}

	/** The current state. */
	Node[][] chunks() {
		return this.chunks;
	}

	/**
	 * Find a key, without a lock.
	 * @param key the key, whose hash code is that of this object
	 * @return the position of the key, or the position at which to insert it
	 */
	Position find(Object key) {
		Node[][] chunks = this.chunks;
		int ordered = ordered(chunks);
		if (isOfClass(key)) {
			Position position = search(chunks, ordered, comparable(key));
			Position equal = (position.node() == null) ? scan(chunks, ordered, key) : null;
			return (equal != null) ? equal : position;
		}
		Position position = scan(chunks, 0, key);
		if (position != null) {
			return position;
		}
		int last = chunks.length - 1;
		return (ordered > last) ? new Position(chunks, ordered, 0, null, true)
				: new Position(chunks, last, chunks[last].length, null, false);
	}

	/**
	 * Find an entry or a reservation by identity, even if its key now compares
	 * differently.
	 * @return its position, {@code null} if it is no longer here
	 */
	@Nullable Position findNode(Node node) {
		Position position = find(Objects.requireNonNull(node.strong));
		if (position.node() == node || position.entry() == node) {
			return position;
		}
		Node[][] chunks = this.chunks;
		for (int c = 0; c < chunks.length; c++) {
			for (int i = 0; i < chunks[c].length; i++) {
				position = new Position(chunks, c, i, chunks[c][i], false);
				if (position.node() == node || position.entry() == node) {
					return position;
				}
			}
		}
		return null;
	}

	/**
	 * Find a live entry, reserved or not. If the first node is dead, all that are dead
	 * are removed before, so that the next call need not pass them again.
	 * @param table counts the dead entries
	 * @return the entry, {@code null} if there is none
	 */
	@Nullable Node firstLive(WeakTable<?, ?> table) {
		Node[][] chunks = this.chunks;
		if (chunks.length > 0 && chunks[0][0].isDead()) {
			sweep(table);
		}
		for (Node[] chunk : this.chunks) {
			for (Node node : chunk) {
				Node entry = (node instanceof ReservationNode reservation) ? reservation.prior : node;
				if (entry != null && !entry.isDead()) {
					return entry;
				}
			}
		}
		return null;
	}

	private static Position search(Node[][] chunks, int ordered, Comparable<Object> key) {
		if (ordered == 0) {
			return new Position(chunks, 0, 0, null, true);
		}
		int low = 1;
		int high = ordered;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (isBefore(chunks[middle][0], key)) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		int chunk = low - 1;
		low = 0;
		high = chunks[chunk].length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (isBefore(chunks[chunk][middle], key)) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return amongTies(chunks, ordered, chunk, low, key);
	}

	private static boolean isBefore(Node node, Comparable<Object> key) {
		return key.compareTo(node.strong) > 0;
	}

	/** Find a key among those that compare as equal to it, which need not be equal. */
	private static Position amongTies(Node[][] chunks, int ordered, int chunk, int index, Comparable<Object> key) {
		int c = chunk;
		int i = index;
		while (c < ordered) {
			if (i == chunks[c].length) {
				c++;
				i = 0;
			}
			else if (key.equals(chunks[c][i].strong)) {
				return new Position(chunks, c, i, chunks[c][i], false);
			}
			else if (key.compareTo(chunks[c][i].strong) == 0) {
				i++;
			}
			else {
				break;
			}
		}
		return new Position(chunks, chunk, index, null, false);
	}

	/** Find a key linearly: keys of different classes may be equal. */
	private static @Nullable Position scan(Node[][] chunks, int from, Object key) {
		for (int c = from; c < chunks.length; c++) {
			for (int i = 0; i < chunks[c].length; i++) {
				if (key.equals(chunks[c][i].strong)) {
					return new Position(chunks, c, i, chunks[c][i], false);
				}
			}
		}
		return null;
	}

	/**
	 * Replace, remove or insert one node.
	 * @param position where a search has found the node, or the place to insert it
	 * @param node the node to store there; {@code null} to remove the present one
	 * @param table counts the entries
	 * @param added the entries that this links, negative for live ones that it unlinks; 0
	 * if the caller counts them
	 * @param dead how many dead entries this removes
	 * @return {@code false} if something has changed since the search; then nothing was
	 * done
	 */
	boolean set(Position position, @Nullable Node node, WeakTable<?, ?> table, int added, int dead) {
		Node[][] chunks = position.chunks;
		if (chunks.length == 0) {
			return false;
		}
		if (position.apart && node != null) {
			Node[][] more = Arrays.copyOf(chunks, chunks.length + 1);
			System.arraycopy(chunks, position.chunk, more, position.chunk + 1, chunks.length - position.chunk);
			more[position.chunk] = new Node[] { node };
			return publish(chunks, more, table, added, dead);
		}
		Node[] chunk = chunks[position.chunk];
		int index = position.index;
		int taken = (position.node != null) ? 1 : 0;
		int given = (node != null) ? 1 : 0;
		Node[] changed = Arrays.copyOf(chunk, chunk.length + given - taken);
		if (node != null) {
			changed[index] = node;
		}
		System.arraycopy(chunk, index + taken, changed, index + given, chunk.length - index - taken);
		return publish(chunks, with(chunks, position.chunk, changed), table, added, dead);
	}

	private static Node[][] with(Node[][] chunks, int index, Node[] chunk) {
		int parts = (chunk.length > MAX_CHUNK) ? 2 : Math.min(1, chunk.length);
		Node[][] changed = Arrays.copyOf(chunks, chunks.length - 1 + parts);
		System.arraycopy(chunks, index + 1, changed, index + parts, chunks.length - index - 1);
		if (parts == 1) {
			changed[index] = chunk;
		}
		else if (parts == 2) {
			int half = chunk.length / 2;
			changed[index] = Arrays.copyOf(chunk, half);
			changed[index + 1] = Arrays.copyOfRange(chunk, half, chunk.length);
		}
		return changed;
	}

	/**
	 * Remove the dead entries and the reservations that were left behind.
	 * @param table counts the dead entries
	 * @return how many dead entries were removed
	 */
	int sweep(WeakTable<?, ?> table) {
		while (true) {
			Node[][] chunks = this.chunks;
			List<Node[]> kept = new ArrayList<>(chunks.length);
			int dead = 0;
			boolean changed = false;
			for (Node[] chunk : chunks) {
				Node[] nodes = new Node[chunk.length];
				int n = 0;
				for (Node node : chunk) {
					Node staying = staying(node);
					if (staying != null) {
						nodes[n++] = staying;
					}
					changed |= staying != node;
					dead += (staying == null && !(node instanceof ReservationNode)) ? 1 : 0;
				}
				if (n > 0) {
					kept.add(Arrays.copyOf(nodes, n));
				}
			}
			if (!changed) {
				return 0;
			}
			if (publish(chunks, kept.toArray(NONE), table, 0, dead)) {
				tellDied(chunks, table);
				return dead;
			}
		}
	}

	private static void tellDied(Node[][] chunks, WeakTable<?, ?> table) {
		for (Node[] chunk : chunks) {
			for (Node node : chunk) {
				if (node.isDead()) {
					table.died(node);
				}
			}
		}
	}

	/** The node that a sweep leaves in the place of a node, {@code null} if none. */
	private static @Nullable Node staying(Node node) {
		if (!node.needsSweep()) {
			return node;
		}
		return (node instanceof ReservationNode abandoned) ? abandoned.prior : null;
	}

	/**
	 * Replace the state, like a CAS. What is to be counted is counted before the change
	 * becomes visible.
	 * @return {@code false} if the state is not the expected one
	 */
	private boolean publish(Node[][] expected, Node[][] chunks, WeakTable<?, ?> table, int added, int dead) {
		synchronized (this) {
			if (this.chunks != expected) {
				return false;
			}
			if (added != 0 || dead != 0) {
				table.count(added, dead);
			}
			this.chunks = chunks;
			return true;
		}
	}

	/**
	 * Under the lock of the bin: remove every entry, for good, and release every
	 * reservation.
	 * @param table counts the removed entries
	 * @return the reservations
	 */
	List<ReservationNode> clear(WeakTable<?, ?> table) {
		List<ReservationNode> reservations = new ArrayList<>();
		synchronized (this) {
			Node[][] chunks = this.chunks;
			int live = 0;
			int dead = 0;
			for (Node[] chunk : chunks) {
				for (Node node : chunk) {
					if (node instanceof ReservationNode reservation) {
						reservations.add(reservation);
						live += (reservation.prior != null) ? 1 : 0;
					}
					else if (node.isDead()) {
						dead++;
					}
					else {
						live++;
					}
				}
			}
			ReservationNode[] forgotten = reservations.toArray(new ReservationNode[0]);
			table.count(-live, dead);
			this.chunks = NONE;
			for (int i = 0; i < forgotten.length; i++) {
				forgotten[i].released = true;
			}
			for (Node[] chunk : chunks) {
				for (Node node : chunk) {
					Node entry = (node instanceof ReservationNode reservation) ? reservation.prior : node;
					if (entry != null) {
						table.forget(entry);
					}
				}
			}
		}
		return reservations;
	}

	@Override
	boolean holdsGarbage() {
		if (isEmpty()) {
			return true;
		}
		for (Node[] chunk : this.chunks) {
			for (Node node : chunk) {
				if (node.needsSweep()) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Where a search for a key ended.
	 *
	 * @param chunks the state that was searched
	 * @param chunk the index of the inner array
	 * @param index the index in the inner array
	 * @param node the node at that position, which may be a reservation; {@code null} if
	 * no node has the key
	 * @param apart whether a node for the key needs a new inner array at that index
	 */
	record Position(Node[][] chunks, int chunk, int index, @Nullable Node node, boolean apart) {

		/**
		 * The entry of the key, also if it is reserved; {@code null} if there is none.
		 */
		@Nullable Node entry() {
			return (this.node instanceof ReservationNode reservation) ? reservation.prior : this.node;
		}

	}

}
