package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.CleanerInternals.Sweepable;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * The one engine: a concurrent chained hash table whose node is the weak reference.
 * Either the values are weak (key strong, referent the value) or the keys are (referent
 * the key, value strong); a set is a table with weak keys and one constant value.
 *
 * <h2>Vocabulary</h2>
 *
 * A <em>bin</em> is a slot of the array with the chain of nodes that hangs from it. A
 * node is <em>linked</em> if it is reachable from the slot of its bin, <em>dead</em> if
 * its referent was cleared, a <em>reservation</em> if it reserves a key for a running
 * function. An entry exists while its node is linked and not dead.
 *
 * <h2>Who writes</h2>
 *
 * <ol>
 * <li>An empty slot is filled by a compare-and-set. Everything else about a bin (its
 * slot, the {@code next} of its nodes, the value of a node with a weak key, the
 * {@code removal} of a reservation) is written by the holder of the monitor of the node
 * at its head, who has read the slot again under that monitor and found that very node.
 * Whoever replaces the head does it as the last write under the monitor, or holds the
 * monitor of the new head, too. The {@code prior} of a reservation is written by its
 * owner before it is linked.</li>
 * <li>Slot and {@code next} are written with release semantics or more, which is enough
 * under the monitor, and read with acquire semantics or more: who sees a write sees all
 * that its writer did before. Before a call returns that stored, replaced or removed a
 * live entry there is a full fence, so that what it did is visible to all: the volatile
 * store of a replacement or a value, {@link EntryCounter#add}, the volatile release of a
 * reservation. (The exit from a monitor is none where it is inflated.) The hash and a
 * strong key are never written once the node is linked, so they are read plainly.</li>
 * <li>Only the collector clears a referent. Nobody calls {@code clear()} or
 * {@code enqueue()} on a node, so dead is for ever, and every call that looks afterwards
 * sees it.</li>
 * <li>An entry's node that was unlinked has itself as its {@code next}, so that who keeps
 * it keeps no successor. Whoever stands on it and goes on begins again at the slot. So
 * has a reservation that has ended, before it is seen released. Until that is written,
 * and in other special nodes always, {@code next} leads into the chain as it was, where
 * every node that stayed linked is still reachable, but for those that were ordered or
 * moved since: then the head of the bin tells so.</li>
 * <li>In one bin at most one linked node that is no reservation has a given key. A value
 * is replaced in place: the new node takes the position and the {@code next} of the old
 * one in one write, so there is no moment without either. Other nodes are added at the
 * end, so a search that has met the last node of its hash has met all.</li>
 * <li>No code of the user runs under a monitor. Keys and values are compared without a
 * lock; then the lock is taken, and the call begins again if the very node that was found
 * is not linked any more or, where none was found, another node of the hash is the last.
 * Functions run with the key reserved, see {@link ReservationNode}. A reservation stands
 * directly before the live node of its key: nothing is ever linked between the two, since
 * writers of the key wait. {@code clear()} does not wait: it releases the reservation and
 * unlinks both, and the owner then stores nothing.</li>
 * </ol>
 *
 * <h2>Whatever is thrown</h2>
 *
 * Any call can end in a {@code StackOverflowError}, or where it allocates in an
 * {@code OutOfMemoryError}. What must not be done by half is therefore done by writes to
 * fields and array elements, which cannot fail, after the last call: an array element is
 * then written plainly, after a release fence. A count that must not be lost is taken
 * down in {@link #uncounted} under a monitor, which needs no stack either. A reservation
 * whose owner could not unlink it is released by one write. The bin of a move that was
 * cut off is as it was, or can be finished by whoever meets it.
 *
 * <h2>What a reader may see</h2>
 *
 * A reader takes no lock: it reads the slot and follows {@code next}. By 1, 2 and 4 each
 * node it reaches was linked at some moment after it began, so a live referent that it
 * takes from a node with its key was the mapping at some moment of the call. A miss holds
 * only if nothing misled the reader; four things can:
 * <ul>
 * <li><em>The nodes were relinked by a resize.</em> A mover puts a {@link ForwardingNode}
 * into the slot before it changes any {@code next}, so a reader that misses reads the
 * slot again and goes to the other array if one is there. While the nodes move, it has
 * them in an array of its own, which is searched instead.</li>
 * <li><em>The value was replaced.</em> The reader stands on the old node, whose referent
 * has died since, while the key has a live value in the new node. A reader that met a
 * dead node of its key (or one whose weak key is gone, of its hash) searches again, and
 * believes the miss when it meets no other such node: linked after it was dead, that node
 * was the mapping.</li>
 * <li><em>The node under the reader was unlinked.</em> Its {@code next} is the node
 * itself; the reader searches again.</li>
 * <li><em>The nodes of its hash are ordered, or were just being ordered.</em> Then the
 * head of the bin has a negative hash, as with a resize, and the reader searches
 * again.</li>
 * </ul>
 * Where the key was removed and put again behind a reader that had passed the end of the
 * chain, there was a moment without the key, and the miss holds.
 *
 * <h2>Counting</h2>
 *
 * The size is what was linked, less what lived when it was removed, less what was purged.
 * The dead count as purged before anybody can see that they are gone, under the lock that
 * they are unlinked under. So a sweep that finds a bin clean finds the size right,
 * whoever cleaned it.
 *
 * <h2>Resizing</h2>
 *
 * Bins move one by one; nodes are relinked, never copied. In a larger array each bin
 * comes from one bin of the smaller and is not reachable before the old slot forwards to
 * it. In a smaller one a bin collects several, each appended under the monitor of the new
 * bin's head as well (always taken after the old one's). When every bin has moved,
 * {@code table} changes, then {@code transfer} is cleared, then {@code resizing}: who may
 * begin a resize finds the array of the last one. Who inserts moves a share; the
 * cleaner's thread does the rest.
 *
 * <h2>Removing the dead</h2>
 *
 * The cleaner has every bin looked at after a garbage collection: without a lock, many
 * bins ahead of the first that needs one, by {@code refersTo}, which unlike {@code get}
 * does not keep the referent alive while a collector marks; a bin with a dead node is
 * then locked and the dead are unlinked by what they are, never by key. With the cleaner
 * closed, each insertion sweeps a few bins.
 *
 * <h2>Holding values</h2>
 *
 * In a table that holds its values for a while every entry has a {@link HoldNode}, and
 * the {@link HoldWindow} is told of each use and of each node that was unlinked while it
 * lived, after that was done. If a thread is cut off in between, what it has unlinked is
 * held until it is due. Nothing else here knows about holding: neither moves nor orders
 * nor sweeps concern the window, since a value that is held does not die, and nodes are
 * never copied.
 *
 * <h2>Colliding hashes</h2>
 *
 * From {@value OrderedNodes#THRESHOLD} on, strong keys of one hash code are ordered, if
 * they are of one class whose objects compare to each other, see {@link OrderedNodes}.
 * All others are looked at one by one: {@code n} of them cost {@code n} steps for each
 * call that touches them. Weak keys always are, since a comparison would need keys that
 * may be gone.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@SuppressWarnings("ReachabilityFenceUsage") // a failed call need not keep its arguments
											// alive
final class WeakTable<K, V> implements Sweepable {

	static final int DEFAULT_BINS = 16;

	private static final int MAX_BINS = 1 << 30;

	/**
	 * At least so many bins for an entry, and up to twice as many: 8 to 16 bytes of an
	 * entry's 48 to 56. With 4/3, as {@code HashMap} has, a look-up of 10,000 entries
	 * took a tenth longer, one that finds nothing a fifth.
	 */
	private static final int MIN_BINS_PER_ENTRY = 2;

	/** Bins that each insertion moves while a resize is under way. */
	private static final int HELP_BINS = 64;

	/** Bins that the thread that starts a resize moves: some 50 microseconds. */
	private static final int FIRST_BINS = 2048;

	private static final int MAX_SHRINK_SHIFT = 4;

	/** So few entries are looked at to tell how many live. */
	private static final int FEW_ENTRIES = 8;

	/** In a table of so many bins at most. */
	private static final int FEW_BINS = 4096;

	/** Bins that an insertion sweeps where no cleaner does. */
	private static final int SELF_SWEEP_BINS = 8;

	/** Says that a bin is not what it was: the caller looks again. Never linked. */
	private static final Node AGAIN = new Node(0, null, null);

	private static final VarHandle BINS = MethodHandles.arrayElementVarHandle(Node[].class);

	private static final VarHandle PURGED;

	private static final VarHandle RESIZING;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			PURGED = lookup.findVarHandle(WeakTable.class, "purged", long.class);
			RESIZING = lookup.findVarHandle(WeakTable.class, "resizing", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final String name;

	private final boolean weakKeys;

	private final boolean identity;

	private final boolean newestKey;

	private final int minimumBins;

	private final WeakCleaner cleaner;

	private volatile @Nullable Node[] table;

	private volatile @Nullable Transfer transfer;

	@SuppressWarnings("UnusedVariable")
	private volatile boolean resizing;

	/** No growth below this count: raised where there was no memory for an array. */
	private volatile long growthBarrier;

	private volatile int selfSweepNext;

	/** The bin of the array in which {@link #poll} has found something last. */
	private volatile int pollNext;

	/** Entries that were linked, less those that were removed while they lived. */
	private final EntryCounter linked = new EntryCounter();

	/**
	 * What was linked or removed when there was no stack to count it; guarded by this.
	 */
	private volatile long uncounted;

	private volatile long purged;

	/** Set before anybody else sees the table; none where it is not to be swept. */
	private @Nullable WeakReference<WeakCollection> owner;

	/** What the cleaner wants held; there from the first entry on. */
	private @Nullable Object registration;

	/** There once an old collection was survived. */
	private volatile @Nullable EntryAges ages;

	/** Set before anybody else sees the table; none where values are not held. */
	private @Nullable HoldWindow hold;

	/** Set before anybody else sees the table; none where nobody counts. */
	private @Nullable LostKeys lost;

	WeakTable(String name, boolean weakKeys, KeyMatch keyMatch, KeyRetention keyRetention, int initialCapacity,
			WeakCleaner cleaner) {
		this.name = name;
		this.weakKeys = weakKeys;
		this.identity = keyMatch == KeyMatch.IDENTITY;
		this.newestKey = keyRetention == KeyRetention.NEWEST;
		this.minimumBins = binsFor(initialCapacity);
		this.cleaner = cleaner;
		this.table = new @Nullable Node[this.minimumBins];
	}

	void ownedBy(WeakCollection owner) {
		this.owner = new WeakReference<>(owner);
	}

	/** Have values held: the nodes are of another kind then. */
	void hold(long nanos, int most, LongSupplier nanoTime, int firstTick) {
		WeakReference<?> owner = (this.owner != null) ? this.owner : new WeakReference<>(this);
		this.hold = new HoldWindow(nanos, most, this.cleaner, owner, nanoTime, firstTick);
	}

	@Nullable HoldWindow hold() {
		return this.hold;
	}

	/** How many values are held. */
	int heldCount() {
		HoldWindow hold = this.hold;
		return (hold != null) ? hold.heldCount() : 0;
	}

	/** Have deaths taken down. */
	void recordLostIn(LostKeys lost) {
		this.lost = lost;
	}

	/** The bins that hold a number of entries without growing. */
	private static int binsFor(long entries) {
		long bins = MIN_BINS_PER_ENTRY * entries;
		if (bins >= MAX_BINS) {
			return MAX_BINS;
		}
		return Math.max(DEFAULT_BINS, Integer.highestOneBit((int) Math.max(1, bins - 1)) << 1);
	}

	boolean hasWeakKeys() {
		return this.weakKeys;
	}

	boolean comparesByIdentity() {
		return this.identity;
	}

	// Reading

	@Nullable V get(Object key) {
		return value(this.weakKeys ? findByWeakKey(key, hash(key)) : findByStrongKey(key, spread(key.hashCode())));
	}

	/**
	 * Find a value for somebody who is going to use it: it is held from now on, if this
	 * table holds values.
	 */
	@Nullable V use(Object key) {
		HoldWindow hold = this.hold;
		return (hold == null) ? get(key) : value(findAndHold(key, spread(key.hashCode()), hold));
	}

	@SuppressWarnings("unchecked")
	private @Nullable V value(@Nullable Object value) {
		return (V) value;
	}

	@SuppressWarnings("unchecked")
	private @Nullable K key(@Nullable Object key) {
		return (K) key;
	}

	private int hash(Object key) {
		return spread(this.identity ? System.identityHashCode(Objects.requireNonNull(key)) : key.hashCode());
	}

	private static int spread(int h) {
		return (h ^ (h >>> 16)) & Node.HASH_BITS;
	}

	private @Nullable Object findByStrongKey(Object key, int h) {
		@Nullable Node[] bins = this.table;
		Node e = at(bins, h & (bins.length - 1));
		if (e == null) {
			return null;
		}
		Node next;
		do {
			if (e.hash == h) {
				Object k = e.strong;
				if (k == key || key.equals(k)) {
					Object value = e.get();
					return (value != null) ? value : retryFind(bins, h, key, e, null);
				}
			}
			next = e.next;
			if (next == e) {
				return retryFind(bins, h, key, null, null);
			}
			e = next;
		}
		while (e != null);
		return confirmMiss(bins, h, key, null);
	}

	/** As {@link #findByStrongKey}, which is spared every step that this has more. */
	private @Nullable Object findAndHold(Object key, int h, HoldWindow hold) {
		@Nullable Node[] bins = this.table;
		Node e = at(bins, h & (bins.length - 1));
		if (e == null) {
			return null;
		}
		Node next;
		do {
			if (e.hash == h) {
				Object k = e.strong;
				if (k == key || key.equals(k)) {
					Object value = e.get();
					if (value == null) {
						return retryFind(bins, h, key, e, hold);
					}
					hold.use((HoldNode) e, value);
					return value;
				}
			}
			next = e.next;
			if (next == e) {
				return retryFind(bins, h, key, null, hold);
			}
			e = next;
		}
		while (e != null);
		return confirmMiss(bins, h, key, hold);
	}

	private @Nullable Object findByWeakKey(Object key, int h) {
		@Nullable Node[] bins = this.table;
		Node e = at(bins, h & (bins.length - 1));
		if (e == null) {
			return null;
		}
		Node next;
		do {
			// The caller holds the key: to compare it needs no reference of our own.
			if (e.refersTo(key)) {
				return e.valueAcquire();
			}
			if (e.hash == h) {
				Object k = e.get();
				if (k == null) {
					return retryFind(bins, h, key, e, null);
				}
				if (!this.identity && key.equals(k)) {
					return e.valueAcquire();
				}
			}
			next = e.next;
			if (next == e) {
				return retryFind(bins, h, key, null, null);
			}
			e = next;
		}
		while (e != null);
		return confirmMiss(bins, h, key, null);
	}

	private @Nullable Object confirmMiss(@Nullable Node[] bins, int h, Object key, @Nullable HoldWindow hold) {
		Node head = at(bins, h & (bins.length - 1));
		// The hash is at hand, the class is not: it is negative in every special node.
		return (head == null || head.hash >= 0) ? null : retryFind(bins, h, key, null, hold);
	}

	/**
	 * Find the live key that equals a key, in a table with weak keys. One that comes
	 * meanwhile may be missed.
	 */
	@Nullable K keyEqualTo(Object key) {
		int h = hash(key);
		@Nullable Node[] bins = this.table;
		search: while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			Node next;
			for (Node e = head; e != null; e = next) {
				if (e.hash == h) {
					Object k = e.get();
					if (k == key || (k != null && key.equals(k))) {
						return key(k);
					}
				}
				next = e.next;
				if (next == e) {
					continue search;
				}
			}
			if (!(at(bins, i) instanceof ForwardingNode)) {
				return null;
			}
		}
	}

	/**
	 * Search until a miss can be believed, see the class comment.
	 * @param bins the array that was searched
	 * @param suspect a node met there that was dead and might have had the key
	 * @param hold what is to hold the value that is found, {@code null} if nothing is
	 */
	private @Nullable Object retryFind(@Nullable Node[] bins, int h, Object key, @Nullable Node suspect,
			@Nullable HoldWindow hold) {
		List<Node> suspects = (suspect != null) ? List.of(suspect) : List.of();
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			Node[] moving = null;
			if (head instanceof ForwardingNode forward) {
				moving = forward.moving;
				if (moving == null) {
					bins = forward.to;
					continue;
				}
			}
			List<Node> dead = new ArrayList<>(2);
			for (int k = 0; moving != null && k < moving.length; k++) {
				Object value = valueIfKey(moving[k], h, key, dead, hold);
				if (value != null) {
					return value;
				}
			}
			if (moving == null) {
				boolean unlinked = false;
				Node next;
				for (Node e = head; e != null && !unlinked; e = next) {
					Object value = valueIfKey(e, h, key, dead, hold);
					if (value != null) {
						return value;
					}
					next = e.next;
					unlinked = next == e;
				}
				if (unlinked || isElsewhere(bins, i, head)) {
					continue;
				}
			}
			if (isSubsequence(dead, suspects)) {
				return null;
			}
			suspects = dead;
		}
	}

	/**
	 * Whether nodes may have left the chain of a bin, and still be in the table, while it
	 * was followed from this head: to another array, or to be ordered.
	 */
	static boolean isElsewhere(@Nullable Node[] bins, int i, @Nullable Node head) {
		Node now = at(bins, i);
		return now instanceof ForwardingNode || (now != head && now instanceof OrderedNodes);
	}

	/** Both are in the order of the bin, which no writer changes. */
	private static boolean isSubsequence(List<Node> part, List<Node> whole) {
		int found = 0;
		for (int i = 0; i < whole.size() && found < part.size(); i++) {
			found += (whole.get(i) == part.get(found)) ? 1 : 0;
		}
		return found == part.size();
	}

	private @Nullable Object valueIfKey(Node e, int h, Object key, List<Node> dead, @Nullable HoldWindow hold) {
		Node entry = e;
		if (e.hash != h) {
			if (!(e instanceof OrderedNodes ordered) || (e.hash & Node.HASH_BITS) != h) {
				return null;
			}
			entry = ordered.find(key).entry();
			if (entry == null) {
				return null;
			}
		}
		Object k = keyOf(entry);
		if (entry == e && k != key && k != null && (this.identity || !key.equals(k))) {
			return null;
		}
		Object value = (k != null) ? valueOf(entry) : null;
		if (value == null) {
			dead.add(entry);
		}
		else if (hold != null) {
			hold.use((HoldNode) entry, value);
		}
		return value;
	}

	/** A value was found or stored by somebody who uses it. */
	private void use(Node node, @Nullable Object value) {
		HoldWindow hold = this.hold;
		if (hold != null && value != null) {
			hold.use((HoldNode) node, value);
		}
	}

	/** A node was unlinked while it lived. */
	void forget(Node node) {
		HoldWindow hold = this.hold;
		if (hold != null) {
			hold.forget((HoldNode) node);
		}
	}

	/** A node was replaced by another one, or is the same as before. */
	private void replaced(Node node, Node now, @Nullable Object value) {
		if (node != now) {
			forget(node);
		}
		use(now, value);
	}

	private boolean isKey(Node e, Object key) {
		Object k = keyOf(e);
		return k == key || (k != null && !this.identity && key.equals(k));
	}

	/** The key of a node: {@code null} if it was weak and has died. */
	private @Nullable Object keyOf(Node e) {
		return (this.weakKeys && e.hash >= 0) ? e.get() : e.strong;
	}

	/** The value of an entry: {@code null} if it was weak and has died. */
	private @Nullable Object valueOf(Node e) {
		return this.weakKeys ? e.valueAcquire() : e.get();
	}

	private Node node(int h, Object key, Object value) {
		return this.weakKeys ? new Node(h, value, key) : nodeOfWeak(h, key, value);
	}

	private Node nodeOfWeak(int h, @Nullable Object key, Object value) {
		if (this.hold != null) {
			return new HoldNode(h, key, value);
		}
		return (value instanceof KeyLock lock) ? new LockNode(h, key, lock) : new Node(h, key, value);
	}

	static @Nullable Node at(@Nullable Node[] bins, int i) {
		return (Node) BINS.getVolatile(bins, i);
	}

	/** Under the lock of the bin. A release store: the lock orders the writers. */
	private static void set(@Nullable Node[] bins, int i, @Nullable Node node) {
		BINS.setRelease(bins, i, node);
	}

	/** Fill an empty bin. */
	private static boolean fill(@Nullable Node[] bins, int i, Node node) {
		return BINS.compareAndSet(bins, i, (Node) null, node);
	}

	/** Under the lock of the bin: put a node, or none, where another one was. */
	private static void link(@Nullable Node[] bins, int i, @Nullable Node pred, @Nullable Node node) {
		if (pred == null) {
			set(bins, i, node);
		}
		else {
			pred.setNextRelease(node);
		}
	}

	/**
	 * Under the lock of the bin: find a node by what it is.
	 * @return the node before it, the node itself if it is the head; {@code null} if it
	 * is not linked
	 */
	private static @Nullable Node before(Node head, Node node) {
		Node pred = head;
		Node e = head;
		while (e != null && e != node) {
			pred = e;
			e = e.next;
		}
		return (e != null) ? pred : null;
	}

	// Writing

	// put and replace spell out what isKey, keyOf, valueOf, lastOf and before say, and so
	// they are longer than a method of this class is to be. A method that was cold when
	// its caller was compiled stays a call for good, and so it is in a map that is filled
	// first and written over later.

	/**
	 * Store a value.
	 * @return the live value that the key had
	 */
	@SuppressWarnings("PMD.CognitiveComplexity") // for speed, see above
	@Nullable V put(K key, V value, boolean onlyIfAbsent) {
		int h = hash(key);
		boolean weakKeys = this.weakKeys;
		Node fresh = null;
		boolean collided = true;
		@Nullable Node[] bins = this.table;
		search: while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				fresh = (fresh != null) ? fresh : node(h, key, value);
				if (fill(bins, i, fresh)) {
					collided = false;
					break;
				}
				continue;
			}
			if (head instanceof ForwardingNode forward) {
				bins = helpTransfer(bins, i, forward);
				continue;
			}
			Node last = null;
			Object found = null;
			int others = 0;
			Node e = head;
			while (e != null) {
				if ((e.hash & Node.HASH_BITS) == h) {
					if (e.hash >= 0) {
						Object k = weakKeys ? e.get() : e.strong;
						if (k == key || (k != null && !this.identity && key.equals(k))) {
							found = k;
							break;
						}
						others++;
					}
					else if (isSpecialFor(e, key)) {
						break;
					}
					last = e;
				}
				Node next = e.next;
				if (next == e) {
					continue search;
				}
				e = next;
			}
			if (e != null && e.hash < 0) {
				if (e instanceof ReservationNode reservation) {
					await(reservation);
					bins = this.table;
					continue;
				}
				return putReserved(key, value, onlyIfAbsent);
			}
			if (others >= OrderedNodes.THRESHOLD && order(bins, i, head, h, key, others)) {
				continue;
			}
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				if (e == null) {
					Node tail = head;
					Node now = null;
					for (Node n = head; n != null; n = n.next) {
						if ((n.hash & Node.HASH_BITS) == h) {
							now = n;
						}
						tail = n;
					}
					if (now != last) {
						continue;
					}
					fresh = (fresh != null) ? fresh : node(h, key, value);
					tail.setNextRelease(fresh);
				}
				else {
					Node pred = null;
					Node n = head;
					while (n != e && n != null) {
						pred = n;
						n = n.next;
					}
					if (n == null || (pred != null && pred.hash < 0 && isReservation(pred, e))) {
						continue;
					}
					Object old = weakKeys ? e.valueAcquire() : e.get();
					Node now = (old == null || !onlyIfAbsent) ? store(bins, i, pred, e, key, old, value) : e;
					if (this.hold != null) {
						replaced(e, now, (now != e) ? value : old);
					}
					Reference.reachabilityFence(found);
					Reference.reachabilityFence(key);
					Reference.reachabilityFence(value);
					return value(old);
				}
			}
			break;
		}
		try {
			this.linked.add(1);
		}
		catch (Throwable ex) {
			synchronized (this) {
				this.uncounted++;
			}
			throw ex;
		}
		if (this.hold != null) {
			use(fresh, value);
		}
		inserted(bins, collided);
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(value);
		return null;
	}

	/**
	 * Whether a node of the hash without an entry of its own is where a key is to be
	 * looked for.
	 */
	private boolean isSpecialFor(Node e, Object key) {
		return !(e instanceof ReservationNode reservation) || (!reservation.released && isKey(e, key));
	}

	/** Whether nothing of a hash has come since a search that met no node after this. */
	private static boolean isLast(@Nullable Node[] bins, int i, Node head, int h, @Nullable Node last) {
		if (last == null) {
			return !isElsewhere(bins, i, head);
		}
		synchronized (head) {
			if (at(bins, i) != head) {
				return false;
			}
			return lastOf(head, h) == last;
		}
	}

	/** Under the lock of the bin: the last node of a hash, special ones included. */
	private static @Nullable Node lastOf(Node head, int h) {
		Node last = null;
		for (Node e = head; e != null; e = e.next) {
			if ((e.hash & Node.HASH_BITS) == h) {
				last = e;
			}
		}
		return last;
	}

	/** Under the lock of the bin: its last node. */
	private static Node tail(Node head) {
		Node tail = head;
		for (Node e = head.next; e != null; e = e.next) {
			tail = e;
		}
		return tail;
	}

	private static boolean isReservation(Node pred, Node node) {
		return pred instanceof ReservationNode reservation && reservation.reserves(node);
	}

	/** For calls that run no function: they keep nobody waiting. */
	private static void await(ReservationNode reservation) {
		ReservationNode.Gate turn = reservation.await(null);
		if (turn != null) {
			turn.release();
		}
	}

	/**
	 * Store a value where nodes are ordered.
	 * @return the live value that the key had
	 */
	private @Nullable V putReserved(K key, V value, boolean onlyIfAbsent) {
		ReservationNode reservation = new ReservationNode(hash(key), key);
		V present = reserve(reservation, key, onlyIfAbsent);
		if (present != null) {
			return present;
		}
		try {
			V old = value(reservation.priorValue);
			complete(reservation, key, value, false);
			return old;
		}
		finally {
			if (!reservation.released) {
				reservation.priorKey = null;
				reservation.priorValue = null;
				reservation.released = true;
				withdraw(reservation);
			}
		}
	}

	/**
	 * Under the lock of the bin: give an entry another value. The caller has found the
	 * key equal, and holds that of the entry: a writer that has passed over it while it
	 * was dead would not find what takes its place. An entry that lives keeps its own
	 * key, unless the newest is to stay.
	 * @param old the live value of the entry, {@code null} if it has died
	 * @return the node that has the entry now, the same where none had to be made
	 */
	private Node store(@Nullable Node[] bins, int i, @Nullable Node pred, Node e, Object key, @Nullable Object old,
			Object value) {
		Node fresh;
		if (this.weakKeys) {
			if (!this.newestKey || e.refersTo(key)) {
				e.setValueVolatile(value);
				return e;
			}
			fresh = new Node(e.hash, value, key);
		}
		else if (old == value) {
			return e;
		}
		else {
			fresh = nodeOfWeak(e.hash, (old != null) ? e.strong : key, value);
		}
		fresh.setNextPlain(e.next);
		VarHandle.releaseFence();
		if (old == null) {
			countReplaced();
		}
		if (pred == null) {
			bins[i] = fresh;
			VarHandle.fullFence();
		}
		else {
			pred.next = fresh;
		}
		e.setNextRelease(e);
		return fresh;
	}

	/**
	 * Remove or replace a live entry.
	 * @param expected the value it must have, {@code null} for any
	 * @param replacement the value to store, {@code null} to remove the entry
	 * @return the value it had, {@code null} if nothing was changed
	 */
	@SuppressWarnings("PMD.CognitiveComplexity") // for speed, see above
	@Nullable V replace(Object key, @Nullable Object expected, @Nullable V replacement) {
		int h = hash(key);
		boolean weakKeys = this.weakKeys;
		Object old;
		@Nullable Node[] bins = this.table;
		search: while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				return null;
			}
			if (head instanceof ForwardingNode forward) {
				bins = helpTransfer(bins, i, forward);
				continue;
			}
			Node last = null;
			Object found = null;
			Node e = head;
			while (e != null) {
				if ((e.hash & Node.HASH_BITS) == h) {
					if (e.hash >= 0) {
						Object k = weakKeys ? e.get() : e.strong;
						if (k == key || (k != null && !this.identity && key.equals(k))) {
							found = k;
							break;
						}
					}
					else if (isSpecialFor(e, key)) {
						break;
					}
					last = e;
				}
				Node next = e.next;
				if (next == e) {
					continue search;
				}
				e = next;
			}
			if (e == null) {
				// A reservation that was passed over may have ended meanwhile, and left a
				// value that was computed before this call.
				if (isLast(bins, i, head, h, last)) {
					return null;
				}
				continue;
			}
			if (e.hash < 0) {
				if (e instanceof ReservationNode reservation) {
					await(reservation);
					bins = this.table;
					continue;
				}
				return replaceReserved(key, expected, replacement);
			}
			old = weakKeys ? e.valueAcquire() : e.get();
			boolean other = old == null || (expected != null && expected != old && !expected.equals(old));
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = null;
				Node n = head;
				while (n != e && n != null) {
					pred = n;
					n = n.next;
				}
				if (n == null || (pred != null && pred.hash < 0 && isReservation(pred, e))) {
					continue;
				}
				if (weakKeys && e.strong != old) {
					continue;
				}
				if (other) {
					return null;
				}
				if (replacement != null) {
					Node now = store(bins, i, pred, e, key, old, replacement);
					if (this.hold != null) {
						replaced(e, now, replacement);
					}
					Reference.reachabilityFence(found);
				}
				else {
					link(bins, i, pred, e.next);
				}
			}
			if (replacement == null) {
				try {
					this.linked.add(-1);
				}
				catch (Throwable ex) {
					synchronized (this) {
						this.uncounted--;
					}
					throw ex;
				}
				e.setNextRelease(e);
				forget(e);
			}
			break;
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(replacement);
		return value(old);
	}

	/**
	 * Remove or replace a live entry where nodes are ordered.
	 * @return the value it had, {@code null} if nothing was changed
	 */
	@SuppressWarnings("unchecked") // a key that was found
	private @Nullable V replaceReserved(Object key, @Nullable Object expected, @Nullable V replacement) {
		ReservationNode reservation = new ReservationNode(hash(key), key);
		reserve(reservation, key, false);
		try {
			Object old = reservation.priorValue;
			if (old == null || (expected != null && expected != old && !expected.equals(old))) {
				return null;
			}
			complete(reservation, key, replacement, replacement == null);
			return value(old);
		}
		finally {
			if (!reservation.released) {
				reservation.priorKey = null;
				reservation.priorValue = null;
				reservation.released = true;
				withdraw(reservation);
			}
		}
	}

	/**
	 * Remove or replace one particular entry, whatever its key equals.
	 * @param entry the node
	 * @param key its key, needed for a replacement alone
	 * @param value the value that was read from it; if it is the strong side, it must
	 * still be there
	 * @param replacement the value to store, {@code null} to remove the entry
	 * @return the node that has the entry now, {@code null} if that entry was gone
	 */
	@Nullable Node replaceEntry(Node entry, @Nullable Object key, @Nullable Object value, @Nullable V replacement) {
		Node result = AGAIN;
		OrderedNodes ordered = null;
		@Nullable Node[] bins = this.table;
		while (result == AGAIN) {
			int i = entry.hash & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				return null;
			}
			if (head instanceof ForwardingNode forward) {
				bins = helpTransfer(bins, i, forward);
				continue;
			}
			ordered = orderedAround(head, entry);
			result = (ordered != null) ? replaceAmongOrdered(ordered, entry, replacement)
					: replaceInChain(bins, i, head, entry, key, value, replacement);
			if (result instanceof ReservationNode reservation) {
				await(reservation);
				bins = this.table;
				result = AGAIN;
			}
		}
		if (result != null && replacement == null) {
			try {
				this.linked.add(-1);
			}
			catch (Throwable ex) {
				synchronized (this) {
					this.uncounted--;
				}
				throw ex;
			}
			entry.setNextRelease(entry);
			forget(entry);
			if (ordered != null) {
				dissolveIfEmpty(ordered);
			}
		}
		else if (result != null) {
			replaced(entry, result, replacement);
		}
		Reference.reachabilityFence(replacement);
		return result;
	}

	/**
	 * Do what {@link #replaceEntry} does to an entry that is among ordered nodes.
	 * @return as {@link #replaceInChain}
	 */
	private Node replaceAmongOrdered(OrderedNodes ordered, Node entry, @Nullable V replacement) {
		OrderedNodes.Position position = ordered.findNode(entry);
		if (position == null) {
			return AGAIN;
		}
		if (position.node() instanceof ReservationNode reservation && !reservation.released) {
			return reservation;
		}
		Node fresh = (replacement != null) ? node(entry.hash, Objects.requireNonNull(entry.strong), replacement) : null;
		if (!ordered.set(position, fresh, this, 0)) {
			return AGAIN;
		}
		return (fresh != null) ? fresh : entry;
	}

	/**
	 * Do what {@link #replaceEntry} does to an entry that is in the list of its bin.
	 * @return the node that has the entry now or had it until it was removed; the
	 * reservation to wait for before trying again; {@link #AGAIN} if the bin is not what
	 * it was; {@code null} if the entry was gone
	 */
	private @Nullable Node replaceInChain(@Nullable Node[] bins, int i, Node head, Node entry, @Nullable Object key,
			@Nullable Object value, @Nullable V replacement) {
		synchronized (head) {
			if (at(bins, i) != head) {
				return AGAIN;
			}
			Node found = before(head, entry);
			if (found == null || (this.weakKeys && entry.strong != value)) {
				return null;
			}
			if (isReservation(found, entry)) {
				return found;
			}
			Node pred = (found != entry) ? found : null;
			if (replacement == null || key == null) {
				link(bins, i, pred, entry.next);
				return entry;
			}
			return store(bins, i, pred, entry, key, value, replacement);
		}
	}

	/** The ordered nodes that an entry is among, {@code null} if it is not. */
	private static @Nullable OrderedNodes orderedAround(Node head, Node entry) {
		Node e = head;
		while (e instanceof OrderedNodes ordered) {
			if ((e.hash & Node.HASH_BITS) == entry.hash && ordered.findNode(entry) != null) {
				return ordered;
			}
			e = e.next;
		}
		return null;
	}

	// Computing

	/**
	 * Compute the value of an absent key. The function runs without a lock, at most once.
	 * @return the live value that was there, or what the function returned
	 */
	@Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
		int h = hash(key);
		HoldWindow hold = this.hold;
		V present = value(this.weakKeys ? findByWeakKey(key, h)
				: (hold == null) ? findByStrongKey(key, h) : findAndHold(key, h, hold));
		if (present != null) {
			return present;
		}
		ReservationNode reservation = new ReservationNode(h, key);
		present = reserve(reservation, key, true);
		if (present != null) {
			return present;
		}
		try {
			V value = function.apply(key);
			complete(reservation, key, value, false);
			return value;
		}
		finally {
			if (!reservation.released) {
				reservation.priorKey = null;
				reservation.priorValue = null;
				reservation.released = true;
				withdraw(reservation);
			}
		}
	}

	/**
	 * Compute a value from the one that is there. The function runs without a lock, at
	 * most once.
	 * @param onlyIfPresent whether an absent key is left alone
	 * @return what the function returned; {@code null} if it was not called
	 */
	@Nullable V compute(K key, boolean onlyIfPresent,
			BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
		if (onlyIfPresent && get(key) == null) {
			return null;
		}
		ReservationNode reservation = new ReservationNode(hash(key), key);
		reserve(reservation, key, false);
		try {
			V old = value(reservation.priorValue);
			if (onlyIfPresent && old == null) {
				return null;
			}
			V value = function.apply(key, old);
			complete(reservation, key, value, value == null);
			return value;
		}
		finally {
			if (!reservation.released) {
				reservation.priorKey = null;
				reservation.priorValue = null;
				reservation.released = true;
				withdraw(reservation);
			}
		}
	}

	/**
	 * Reserve a key, or find that it has a live value.
	 * @param onlyIfAbsent whether a live value is returned rather than reserved
	 * @return the live value that was found; {@code null} if the reservation is in place.
	 * If this throws, it is not
	 */
	private @Nullable V reserve(ReservationNode reservation, Object key, boolean onlyIfAbsent) {
		int h = reservation.hash & Node.HASH_BITS;
		ReservationNode.Gate turn = null;
		boolean reserved = false;
		try {
			@Nullable Node[] bins = this.table;
			while (!reserved) {
				int i = h & (bins.length - 1);
				Node head = at(bins, i);
				reservation.takeOver(turn);
				if (head == null) {
					// What an attempt before this one has found is gone.
					reservation.setPrior(null, null, null);
					reservation.ordered = null;
					reserved = fill(bins, i, reservation);
					continue;
				}
				if (head instanceof ForwardingNode forward) {
					bins = helpTransfer(bins, i, forward);
					continue;
				}
				Place place = locate(head, h, key);
				if (place == null) {
					continue;
				}
				ReservationNode other = place.reservation();
				if (other != null) {
					turn = other.await(turn);
					bins = this.table;
					continue;
				}
				Node entry = place.entry();
				Object k = (entry != null) ? keyOf(entry) : null;
				if (entry != null && k == null) {
					// A writer that has passed over it while it was dead does not come
					// back.
					continue;
				}
				Object old = (entry != null) ? valueOf(entry) : null;
				if (entry != null && old != null && onlyIfAbsent) {
					use(entry, old);
					return value(old);
				}
				boolean live = old != null;
				reservation.setPrior(live ? entry : null, live ? k : null, old);
				OrderedNodes ordered = place.ordered();
				reserved = (ordered != null) ? reserveAmongOrdered(ordered, place, reservation)
						: reserveInChain(bins, i, head, place, reservation, key);
			}
			return null;
		}
		finally {
			if (turn != null) {
				if (reserved) {
					turn.holder = reservation;
				}
				else {
					turn.release();
				}
			}
		}
	}

	/**
	 * Search a bin for a key, without a lock, active reservations included.
	 * @return where the search has ended; {@code null} if it stood on a node that was
	 * unlinked meanwhile
	 */
	private @Nullable Place locate(Node head, int h, Object key) {
		Node last = null;
		int others = 0;
		Node e = head;
		while (e != null) {
			if ((e.hash & Node.HASH_BITS) == h) {
				if (e instanceof OrderedNodes ordered) {
					OrderedNodes.Position position = ordered.find(key);
					return new Place(position.node(), position.entry(), null, 0, ordered, position);
				}
				boolean isEntry = e.hash >= 0;
				if (isEntry ? isKey(e, key) : isSpecialFor(e, key)) {
					return new Place(e, isEntry ? e : null, null, 0, null, null);
				}
				others += isEntry ? 1 : 0;
				last = e;
			}
			Node next = e.next;
			if (next == e) {
				return null;
			}
			e = next;
		}
		return new Place(null, null, last, others, null, null);
	}

	/**
	 * Put a reservation before the entry of its key, or in the place of a dead one.
	 * @return {@code false} if the ordered nodes are not what they were
	 */
	private boolean reserveAmongOrdered(OrderedNodes ordered, Place place, ReservationNode reservation) {
		reservation.ordered = ordered;
		boolean dead = place.entry() != null && reservation.prior == null;
		if (dead) {
			died(reservation);
		}
		if (ordered.set(Objects.requireNonNull(place.position()), reservation, this, dead ? 1 : 0)) {
			return true;
		}
		if (ordered.isEmpty()) {
			dissolveIfEmpty(ordered);
		}
		return false;
	}

	/**
	 * Put a reservation before the entry of its key, in the place of a dead one, or at
	 * the end of the bin.
	 * @return {@code false} if the bin is not what it was
	 */
	private boolean reserveInChain(@Nullable Node[] bins, int i, Node head, Place place, ReservationNode reservation,
			Object key) {
		reservation.ordered = null;
		int h = reservation.hash & Node.HASH_BITS;
		int others = place.others();
		if (others >= OrderedNodes.THRESHOLD && order(bins, i, head, h, key, others)) {
			return false;
		}
		Node entry = place.entry();
		boolean dead = entry != null && reservation.prior == null;
		if (dead) {
			died(reservation);
		}
		synchronized (head) {
			if (at(bins, i) != head) {
				return false;
			}
			Node pred;
			if (entry == null) {
				if (lastOf(head, h) != place.last()) {
					return false;
				}
				pred = tail(head);
			}
			else {
				Node found = before(head, entry);
				if (found == null || isReservation(found, entry)) {
					return false;
				}
				if (this.weakKeys && entry.strong != reservation.priorValue) {
					// Another writer has given the entry a value since it was read.
					return false;
				}
				pred = (found != entry) ? found : null;
				reservation.setNextPlain(dead ? entry.next : entry);
			}
			VarHandle.releaseFence();
			if (dead) {
				countPurged(1);
			}
			// From here on nothing is called: the key is reserved.
			if (pred == null) {
				bins[i] = reservation;
			}
			else {
				pred.next = reservation;
			}
		}
		if (dead && entry != null) {
			entry.next = entry;
		}
		return true;
	}

	/**
	 * End a reservation: store the value, remove the entry, or leave everything as it
	 * was. Does nothing if the reservation was forgotten by {@code clear()}.
	 * @param value the value to store, {@code null} for none
	 * @param remove whether the entry is removed where there is no value to store
	 */
	private void complete(ReservationNode reservation, Object key, @Nullable Object value, boolean remove) {
		Node prior = reservation.prior;
		Node fresh = (value != null) ? nodeFor(reservation, key, value) : null;
		Node result = (fresh != null) ? fresh : prior;
		if (value == null && remove) {
			result = null;
		}
		Object stored = value;
		ReservationNode.Removal removal = null;
		boolean ended = false;
		while (!ended && !reservation.released) {
			if (removal != reservation.removal) {
				removal = reservation.removal;
				if (stored != null && isRemoved(removal, key, stored)) {
					stored = null;
					result = null;
				}
			}
			ended = (reservation.ordered != null) ? endAmongOrdered(reservation.ordered, reservation, removal, result)
					: endInChain(reservation, removal, result, stored);
		}
		int change = ended ? ((result != null) ? 1 : 0) - ((prior != null) ? 1 : 0) : 0;
		reservation.priorKey = null;
		reservation.priorValue = null;
		try {
			if (change != 0) {
				this.linked.add(change);
			}
		}
		catch (Throwable ex) {
			synchronized (this) {
				this.uncounted += change;
			}
			throw ex;
		}
		finally {
			reservation.wakeFirst();
		}
		if (reservation.ordered != null) {
			dissolveIfEmpty(reservation.ordered);
		}
		if (ended && prior != null && prior != result) {
			forget(prior);
		}
		if (ended && result != null && result == fresh) {
			use(result, value);
		}
		if (change > 0) {
			inserted(this.table, true);
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(value);
	}

	/**
	 * Make the node for a value that was computed.
	 * @return {@code null} if the entry that is there takes the value itself
	 */
	private @Nullable Node nodeFor(ReservationNode reservation, Object key, Object value) {
		if (this.weakKeys && reservation.prior != null && !this.newestKey) {
			return null;
		}
		Object kept = reservation.priorKey;
		return node(reservation.hash & Node.HASH_BITS, (kept != null && !this.weakKeys) ? kept : key, value);
	}

	/**
	 * End a reservation that stands among ordered nodes.
	 * @param removal the bulk removal that {@code result} takes into account
	 * @param result the node that takes its place, {@code null} for none
	 * @return {@code false} if something has come between
	 */
	private boolean endAmongOrdered(OrderedNodes ordered, ReservationNode reservation,
			ReservationNode.@Nullable Removal removal, @Nullable Node result) {
		OrderedNodes.Position position = ordered.findNode(reservation);
		synchronized (ordered) {
			if (position == null || reservation.released || removal != reservation.removal
					|| !ordered.set(position, result, this, 0)) {
				return false;
			}
			reservation.released = true;
			return true;
		}
	}

	/**
	 * End a reservation that stands in the list of its bin.
	 * @param removal the bulk removal that {@code result} takes into account
	 * @param result the node that takes its place and that of the entry behind it, the
	 * entry itself if that stays, {@code null} for none
	 * @param value the value to store in an entry that stays, {@code null} for none
	 * @return {@code false} if something has come between
	 */
	private boolean endInChain(ReservationNode reservation, ReservationNode.@Nullable Removal removal,
			@Nullable Node result, @Nullable Object value) {
		@Nullable Node[] bins = this.table;
		while (!reservation.released) {
			int i = reservation.hash & Node.HASH_BITS & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				finishMove(bins, i, forward);
				bins = forward.to;
				continue;
			}
			if (head == null) {
				// A clear() that has just forgotten this.
				continue;
			}
			synchronized (head) {
				Node found = (at(bins, i) == head) ? before(head, reservation) : null;
				if (found == null) {
					continue;
				}
				if (reservation.released || removal != reservation.removal) {
					return false;
				}
				endUnderLock(bins, i, (found != reservation) ? found : null, reservation, result, value);
				return true;
			}
		}
		return false;
	}

	private static void endUnderLock(@Nullable Node[] bins, int i, @Nullable Node pred, ReservationNode reservation,
			@Nullable Node result, @Nullable Object value) {
		Node prior = reservation.prior;
		if (prior != null && result == prior) {
			if (value != null) {
				prior.setValueVolatile(value);
			}
			link(bins, i, pred, reservation.next);
		}
		else {
			Node rest = (prior != null) ? prior.next : reservation.next;
			if (result != null) {
				result.setNextPlain(rest);
			}
			link(bins, i, pred, (result != null) ? result : rest);
		}
		// Nothing is called here. A writer that finds it released and passes over it is
		// to
		// find that it has gone: its key is where it was, perhaps.
		reservation.next = reservation;
		reservation.released = true;
		if (prior != null && result != prior) {
			prior.next = prior;
		}
	}

	/**
	 * Whether a bulk removal that came by meanwhile removes a value that was computed.
	 */
	private static boolean isRemoved(ReservationNode.@Nullable Removal removal, Object key, Object value) {
		for (ReservationNode.Removal each = removal; each != null; each = each.earlier()) {
			if (each.condition().test(key, value)) {
				return true;
			}
		}
		return false;
	}

	/** After a release without a value: unlink the reservation and wake who waits. */
	private void withdraw(ReservationNode reservation) {
		try {
			unlink(reservation);
		}
		finally {
			reservation.wakeFirst();
		}
	}

	private void unlink(ReservationNode reservation) {
		OrderedNodes ordered = reservation.ordered;
		if (ordered != null) {
			OrderedNodes.Position position;
			do {
				position = ordered.findNode(reservation);
			}
			while (position != null && !ordered.set(position, reservation.prior, this, 0));
			dissolveIfEmpty(ordered);
			return;
		}
		int h = reservation.hash & Node.HASH_BITS;
		@Nullable Node[] bins = this.table;
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				return;
			}
			if (head instanceof ForwardingNode forward) {
				finishMove(bins, i, forward);
				bins = forward.to;
				continue;
			}
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = before(head, reservation);
				if (pred != null) {
					link(bins, i, (pred != reservation) ? pred : null, reservation.next);
				}
				return;
			}
		}
	}

	/**
	 * Have what is being computed now removed, if it meets a condition, as soon as it is
	 * known. A value that was computed before a bulk removal is so not found after it.
	 * @param condition told keys and values on the threads that have computed them
	 */
	void removeComputed(BiPredicate<Object, Object> condition) {
		BinWalker nodes = BinWalker.overReservations(this, this.table);
		for (Node e = nodes.next(); e != null; e = nodes.next()) {
			if (e instanceof ReservationNode reservation) {
				removeComputed(reservation, condition);
			}
		}
	}

	private void removeComputed(ReservationNode reservation, BiPredicate<Object, Object> condition) {
		OrderedNodes ordered = reservation.ordered;
		@Nullable Node[] bins = this.table;
		while (!reservation.released) {
			int i = reservation.hash & Node.HASH_BITS & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			Node lock = (ordered != null) ? ordered : head;
			if (lock == null) {
				continue;
			}
			ReservationNode.Removal removal = new ReservationNode.Removal(condition, reservation.removal);
			synchronized (lock) {
				if (at(bins, i) == head && removal.earlier() == reservation.removal) {
					reservation.removal = removal;
					return;
				}
			}
		}
	}

	// Ordering

	/**
	 * Order the nodes of one hash code, if that can be done.
	 * @param others how many nodes a search has met that have the hash and another key
	 * @return whether something has changed, so that the caller searches again
	 */
	private boolean order(@Nullable Node[] bins, int i, Node head, int h, Object key, int others) {
		// Where it cannot be done it is tried now and then, for a longer list each time.
		if (this.weakKeys || (others & (others - 1)) != 0 || !OrderedNodes.isOrdered(key)) {
			return false;
		}
		Class<?> type = key.getClass();
		List<Node> nodes = new ArrayList<>(others);
		List<Node> compared = new ArrayList<>(others);
		List<Node> rest = new ArrayList<>(0);
		Node next;
		for (Node e = head; e != null; e = next) {
			if (e.hash == h) {
				nodes.add(e);
				(Objects.requireNonNull(e.strong).getClass() == type ? compared : rest).add(e);
			}
			else if ((e.hash & Node.HASH_BITS) == h) {
				return false;
			}
			next = e.next;
			if (next == e) {
				return true;
			}
		}
		if (compared.size() < OrderedNodes.THRESHOLD) {
			return false;
		}
		OrderedNodes ordered;
		try {
			ordered = new OrderedNodes(h, type, compared, rest);
		}
		catch (RuntimeException ex) {
			// They do not compare: the list stays.
			return false;
		}
		Node[] members = nodes.toArray(new Node[0]);
		synchronized (ordered) {
			synchronized (head) {
				if (at(bins, i) != head || !hasSame(head, h, members)) {
					return true;
				}
				int k = 0;
				Node first = head;
				while (k < members.length && first == members[k]) {
					first = first.next;
					k++;
				}
				ordered.setNextPlain(first);
				VarHandle.releaseFence();
				// From here on nothing is called: a half of this must not be left.
				bins[i] = ordered;
				Node pred = first;
				while (pred != null && k < members.length) {
					Node e = pred.next;
					if (e == members[k]) {
						pred.next = e.next;
						k++;
					}
					else {
						pred = e;
					}
				}
				for (k = 0; k < members.length; k++) {
					members[k].next = members[k];
				}
			}
		}
		return true;
	}

	/** Under the lock of the bin. */
	private static boolean hasSame(Node head, int h, Node[] members) {
		int k = 0;
		for (Node e = head; e != null; e = e.next) {
			if ((e.hash & Node.HASH_BITS) == h) {
				if (k == members.length || members[k] != e) {
					return false;
				}
				k++;
			}
		}
		return k == members.length;
	}

	/** Unlink ordered nodes of which none is left. */
	private void dissolveIfEmpty(OrderedNodes ordered) {
		@Nullable Node[] bins = this.table;
		while (ordered.isEmpty()) {
			int i = ordered.hash & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			if (head == null) {
				return;
			}
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = before(head, ordered);
				if (pred != null) {
					link(bins, i, (pred != ordered) ? pred : null, ordered.next);
				}
				return;
			}
		}
	}

	// Counting

	/** After an entry was added. {@code collided} if its bin had others. */
	private void inserted(@Nullable Node[] bins, boolean collided) {
		Transfer transfer = this.transfer;
		if (transfer != null) {
			help(transfer);
		}
		else if (collided) {
			growIfFull(bins);
		}
		if (!this.cleaner.isAlive()) {
			selfSweep();
		}
		if (this.registration == null && this.owner != null) {
			register();
		}
	}

	/** Have the cleaner know this table, now that there is something to sweep. */
	private synchronized void register() {
		if (this.registration == null && this.owner != null) {
			this.registration = CleanerInternals.register(this.cleaner, this, this.owner);
		}
	}

	private void growIfFull(@Nullable Node[] bins) {
		long entries = entries();
		if (entries * MIN_BINS_PER_ENTRY > bins.length && entries > this.growthBarrier && bins.length < MAX_BINS) {
			resize(bins, bins.length << 1, entries);
		}
	}

	/**
	 * Count dead entries, before anybody can see that they are gone: under the lock that
	 * they are unlinked under. If this throws, they were not counted.
	 */
	void countPurged(int entries) {
		CleanerInternals.countPurged(this.cleaner, entries);
		PURGED.getAndAdd(this, (long) entries);
	}

	/**
	 * A dead entry is replaced by one that lives. If this throws, nothing was counted.
	 */
	private void countReplaced() {
		this.linked.add(1);
		try {
			countPurged(1);
		}
		catch (Throwable ex) {
			synchronized (this) {
				this.uncounted--;
			}
			throw ex;
		}
	}

	/** Count what is cleared, as {@link #countPurged} does. */
	void countCleared(int live, int dead) {
		this.linked.add(-live);
		try {
			countPurged(dead);
		}
		catch (Throwable ex) {
			synchronized (this) {
				this.uncounted += live;
			}
			throw ex;
		}
	}

	/** An entry has died, and is removed. */
	void died(Node node) {
		LostKeys lost = this.lost;
		if (lost != null) {
			lost.died(node.hash & Node.HASH_BITS);
		}
	}

	/** A lookup that is counted has found nothing. */
	void missed(Object key) {
		LostKeys lost = this.lost;
		if (lost != null) {
			int h = hash(key);
			@Nullable Node[] bins = this.table;
			// If it has just died, it may still be there.
			sweepBin(bins, bins.length - 1, h & (bins.length - 1));
			lost.missed(h);
		}
	}

	/** How many lookups have found nothing that had died within the last minutes. */
	long lostCount() {
		LostKeys lost = this.lost;
		return (lost != null) ? lost.count() : 0;
	}

	/** The number of linked entries, dead ones included. */
	long entries() {
		// In this order it may be too high for a moment, not too low.
		long purged = this.purged;
		return Math.max(0, this.linked.sum() + this.uncounted - purged);
	}

	/**
	 * The number of entries. Dead ones count until they are purged, unless all are few.
	 */
	int size() {
		long entries = entries();
		if (entries > 0 && entries <= FEW_ENTRIES && this.table.length <= FEW_BINS) {
			return liveCount();
		}
		return (int) Math.min(Integer.MAX_VALUE, entries);
	}

	long purgedCount() {
		return this.purged;
	}

	int liveCount() {
		int live = 0;
		BinWalker nodes = walker();
		for (Node e = nodes.next(); e != null; e = nodes.next()) {
			live += e.isDead() ? 0 : 1;
		}
		return live;
	}

	// Removing the dead

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public int bins() {
		return this.table.length;
	}

	@Override
	public int sweep(int from, int to) {
		@Nullable Node[] bins = this.table;
		int end = Math.min(to, bins.length);
		int dead = 0;
		for (int i = from; i < end; i += Long.SIZE) {
			long binsWithDead = binsWithDead(bins, i, Math.min(end - i, Long.SIZE));
			for (; binsWithDead != 0; binsWithDead &= binsWithDead - 1) {
				dead += sweepBin(bins, bins.length - 1, i + Long.numberOfTrailingZeros(binsWithDead));
			}
		}
		return dead;
	}

	/**
	 * Look at some bins without a lock, whose fence would have the nodes of each bin
	 * loaded only after those of the one before.
	 * @return a bit for each bin that has a dead node or nodes that went elsewhere
	 */
	private static long binsWithDead(@Nullable Node[] bins, int from, int count) {
		long found = 0;
		for (int i = 0; i < count; i++) {
			Node head = at(bins, from + i);
			Node e = head;
			while (e != null && !e.needsSweep()) {
				Node next = e.next;
				if (next == e) {
					// Unlinked under this thread: what followed is not known.
					break;
				}
				e = next;
			}
			if (e != null || isElsewhere(bins, from + i, head)) {
				found |= 1L << i;
			}
		}
		return found;
	}

	/** Sweep every bin that now holds hashes with {@code (hash & mask) == wanted}. */
	private int sweepBin(@Nullable Node[] bins, int mask, int wanted) {
		while (true) {
			if (bins.length - 1 > mask) {
				int dead = 0;
				for (int i = wanted; i < bins.length; i += mask + 1) {
					dead += sweepBin(bins, bins.length - 1, i);
				}
				return dead;
			}
			int i = wanted & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			if (binsWithDead(bins, i, 1) == 0) {
				return 0;
			}
			if (head != null) {
				synchronized (head) {
					if (at(bins, i) == head) {
						return unlinkDead(bins, i, head);
					}
				}
			}
		}
	}

	/** Under the lock of the bin. */
	private int unlinkDead(@Nullable Node[] bins, int i, Node head) {
		int dead = 0;
		for (Node e = head; e instanceof OrderedNodes ordered; e = e.next) {
			dead += ordered.sweep(this);
		}
		int inFront = 0;
		Node first = head;
		while (first != null && isToUnlink(first)) {
			if (first.hash >= 0) {
				inFront++;
				died(first);
			}
			first = first.next;
		}
		Node pred = first;
		while (pred != null) {
			Node e = pred.next;
			if (e != null && isToUnlink(e)) {
				if (e.hash >= 0) {
					died(e);
					countPurged(1);
					dead++;
				}
				pred.next = e.next;
				if (e.hash >= 0) {
					e.setNextRelease(e);
				}
			}
			else {
				pred = e;
			}
		}
		if (first != head) {
			VarHandle.releaseFence();
			if (inFront > 0) {
				countPurged(inFront);
			}
			bins[i] = first;
			cut(head, first);
		}
		return dead + inFront;
	}

	private static boolean isToUnlink(Node e) {
		return e.needsSweep() && (!(e instanceof OrderedNodes ordered) || ordered.isEmpty());
	}

	/** Let nodes that were unlinked lead nowhere, see the class comment. */
	private static void cut(Node from, @Nullable Node to) {
		Node e = from;
		while (e != null && e != to) {
			Node next = e.next;
			if (e.hash >= 0) {
				e.setNextRelease(e);
			}
			e = (next != e) ? next : null;
		}
	}

	@Override
	public boolean sampleAges(int oldCollections) {
		EntryAges ages = this.ages;
		if (ages == null) {
			if (entries() == 0) {
				return false;
			}
			ages = new EntryAges(oldCollections);
			this.ages = ages;
		}
		ages.update(this, oldCollections);
		return ages.figures().neverShrinks();
	}

	WeakAges ages() {
		EntryAges ages = this.ages;
		return (ages != null) ? ages.figures() : WeakAges.NONE;
	}

	/** The bins of now; those of them that have moved forward to others. */
	@Nullable Node[] currentBins() {
		return this.table;
	}

	/** Sweep and settle on the calling thread. */
	void purge() {
		sweep(0, Integer.MAX_VALUE);
		settle();
	}

	private void selfSweep() {
		int from = this.selfSweepNext;
		if (from >= bins()) {
			from = 0;
		}
		// Racy, but the race is benign: a few bins are swept twice.
		this.selfSweepNext = from + SELF_SWEEP_BINS;
		sweep(from, from + SELF_SWEEP_BINS);
	}

	@Override
	public void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		BinWalker nodes = walker();
		for (Node e = nodes.next(); e != null; e = nodes.next()) {
			if (e.refersTo(referent)) {
				action.accept(e);
			}
		}
	}

	/**
	 * Remove every entry, bin by bin. What functions are computing meanwhile reaches
	 * their callers and is not stored.
	 */
	void clear() {
		@Nullable Node[] bins = this.table;
		for (int i = 0; i < bins.length; i++) {
			clearBin(bins, bins.length - 1, i);
		}
		settle();
	}

	/** Clear every bin that now holds hashes with {@code (hash & mask) == wanted}. */
	private void clearBin(@Nullable Node[] bins, int mask, int wanted) {
		while (true) {
			if (bins.length - 1 > mask) {
				for (int i = wanted; i < bins.length; i += mask + 1) {
					clearBin(bins, bins.length - 1, i);
				}
				return;
			}
			int i = wanted & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				return;
			}
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			List<ReservationNode> forgotten = new ArrayList<>(0);
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				collectCleared(head, forgotten);
				VarHandle.releaseFence();
				// From here on nothing is called: a half of this must not be left.
				for (Node e = head; e != null; e = e.next) {
					if (e instanceof ReservationNode reservation) {
						reservation.released = true;
					}
				}
				bins[i] = null;
			}
			for (Node e = (this.hold != null) ? head : null; e != null; e = e.next) {
				if (e.hash >= 0) {
					forget(e);
				}
			}
			cut(head, null);
			forgotten.forEach(ReservationNode::wakeFirst);
			return;
		}
	}

	/**
	 * Under the lock of the bin, whose nodes are about to be unlinked: count its entries,
	 * and collect its reservations.
	 */
	private void collectCleared(Node head, List<ReservationNode> reservations) {
		int live = 0;
		int dead = 0;
		for (Node e = head; e != null; e = e.next) {
			if (e instanceof ReservationNode reservation) {
				reservations.add(reservation);
			}
			else if (e instanceof OrderedNodes ordered) {
				reservations.addAll(ordered.clear(this));
			}
			else if (e.isDead()) {
				dead++;
			}
			else {
				live++;
			}
		}
		countCleared(live, dead);
	}

	// Resizing

	private void resize(@Nullable Node[] from, int length, long entries) {
		if (this.table != from || !RESIZING.compareAndSet(this, false, true)) {
			return;
		}
		Transfer transfer = null;
		try {
			if (this.table == from) {
				transfer = new Transfer(from, new @Nullable Node[length]);
				this.transfer = transfer;
			}
		}
		catch (OutOfMemoryError ex) {
			// Longer chains are better than a failed put.
			this.growthBarrier = entries * 2;
		}
		finally {
			if (transfer == null) {
				this.resizing = false;
			}
		}
		if (transfer != null && move(transfer, FIRST_BINS) && !CleanerInternals.settleSoon(this.cleaner, this)) {
			settle();
		}
	}

	private void help(Transfer transfer) {
		move(transfer, HELP_BINS);
	}

	/** Go to where the nodes of a bin went, and help to move the others. */
	private @Nullable Node[] helpTransfer(@Nullable Node[] bins, int i, ForwardingNode forward) {
		finishMove(bins, i, forward);
		Transfer transfer = this.transfer;
		if (transfer != null) {
			help(transfer);
		}
		return forward.to;
	}

	/**
	 * Go from an array to the one that has the nodes of a bin now, past all that came
	 * between: a walk, a sweep and {@code clear} begin at the array of long ago, and
	 * those between multiply the bins to look at each time that the table grew and
	 * shrank.
	 * @return an array whose bin may forward, but only to a newer one
	 */
	@Nullable Node[] skipToCurrent(@Nullable Node[] bins, int i, ForwardingNode forward) {
		finishMove(bins, i, forward);
		@Nullable Node[] current = this.table;
		return (current != bins) ? current : forward.to;
	}

	@Override
	public boolean settle(int most) {
		@Nullable Node[] bins = this.table;
		Transfer transfer = this.transfer;
		if (transfer != null) {
			return move(transfer, most) || this.table != bins;
		}
		shrink(bins);
		return this.table != bins;
	}

	void settle() {
		@Nullable Node[] bins;
		do {
			bins = this.table;
			Transfer transfer = this.transfer;
			if (transfer != null) {
				move(transfer, Integer.MAX_VALUE);
			}
			else {
				shrink(bins);
			}
		}
		while (this.table != bins);
	}

	/**
	 * Shrink by a factor of at most {@code 1 << MAX_SHRINK_SHIFT}, so that a table that
	 * is being filled again has no overlong chains meanwhile. An empty table gets as
	 * small as a new one.
	 */
	private void shrink(@Nullable Node[] bins) {
		long entries = entries();
		int enough = Math.max(this.minimumBins, binsFor(3L * entries / 2));
		if (enough <= bins.length >>> 2 || (entries == 0 && enough < bins.length)) {
			resize(bins, Math.max(enough, bins.length >>> MAX_SHRINK_SHIFT), 0);
		}
	}

	/**
	 * Move some bins.
	 * @return whether there may be more for the caller to move
	 */
	private boolean move(Transfer transfer, int most) {
		int moved = 0;
		int length = transfer.from.length;
		boolean more = true;
		boolean failed = true;
		boolean complete = false;
		try {
			for (int i = 0; i < most && more; i++) {
				int bin = transfer.next;
				more = bin < length;
				if (more && transfer.take(bin) && moveBin(transfer, bin)) {
					moved++;
				}
			}
			failed = false;
		}
		catch (OutOfMemoryError ex) {
			more = false;
		}
		finally {
			// Nothing is called here: what was moved must be counted.
			if (failed) {
				// The bin is as it was, or can be finished: somebody takes it up again.
				transfer.next = 0;
			}
			if (moved > 0) {
				synchronized (transfer) {
					transfer.moved += moved;
					complete = transfer.moved == length;
				}
			}
			if (complete) {
				this.table = transfer.to;
				this.transfer = null;
				this.resizing = false;
			}
		}
		return more && !complete;
	}

	/**
	 * Move one bin.
	 * @return whether this call moved it
	 */
	private boolean moveBin(Transfer transfer, int i) {
		@Nullable Node[] from = transfer.from;
		while (true) {
			Node head = at(from, i);
			if (head == null) {
				if (fill(from, i, transfer.forward)) {
					return true;
				}
				continue;
			}
			if (head instanceof ForwardingNode forward) {
				finishMove(from, i, forward);
				return false;
			}
			synchronized (head) {
				if (at(from, i) == head) {
					if (transfer.to.length > from.length) {
						split(transfer, i, head);
					}
					else {
						append(transfer, i, head);
					}
					return true;
				}
			}
		}
	}

	/**
	 * Under the lock of the bin: distribute its nodes over the bins of a larger array.
	 */
	private static void split(Transfer transfer, int i, Node head) {
		@Nullable Node[] from = transfer.from;
		@Nullable Node[] to = transfer.to;
		int bit = from.length;
		int low = 0;
		int high = 0;
		for (Node e = head; e != null; e = e.next) {
			if ((e.hash & bit) == 0) {
				low++;
			}
			else {
				high++;
			}
		}
		if (low == 0 || high == 0) {
			int j = (low == 0) ? i + bit : i;
			boolean moved = false;
			try {
				set(to, j, head);
				set(from, i, transfer.forward);
				moved = true;
			}
			finally {
				if (!moved) {
					// The nodes may be others when they move at last, or none.
					to[j] = null;
				}
			}
			return;
		}
		Node[] nodes = new Node[low + high];
		int n = 0;
		for (Node e = head; e != null; e = e.next) {
			nodes[n++] = e;
		}
		ForwardingNode moving = new ForwardingNode(to, nodes);
		synchronized (moving) {
			set(from, i, moving);
			relink(transfer, i, nodes);
		}
	}

	/**
	 * Wait until the nodes of a bin have moved. If their mover was cut off, finish it:
	 * all that it takes is at hand, and to do a part of it twice does no harm.
	 */
	private void finishMove(@Nullable Node[] from, int i, ForwardingNode forward) {
		Node[] nodes = forward.moving;
		if (nodes == null) {
			return;
		}
		boolean complete = false;
		Transfer transfer = this.transfer;
		synchronized (forward) {
			if (at(from, i) == forward && transfer != null) {
				relink(transfer, i, nodes);
				synchronized (transfer) {
					transfer.moved++;
					complete = transfer.moved == from.length;
				}
			}
		}
		if (complete && transfer != null) {
			this.table = transfer.to;
			this.transfer = null;
			this.resizing = false;
		}
	}

	/** Under the lock of the node that forwards the bin. */
	private static void relink(Transfer transfer, int i, Node[] nodes) {
		int bit = transfer.from.length;
		set(transfer.to, i, chain(nodes, bit, 0));
		set(transfer.to, i + bit, chain(nodes, bit, bit));
		set(transfer.from, i, transfer.forward);
	}

	/** Chain those nodes whose hash has the wanted bit, in their order. */
	private static @Nullable Node chain(Node[] nodes, int bit, int wanted) {
		Node first = null;
		Node last = null;
		for (Node e : nodes) {
			if ((e.hash & bit) == wanted) {
				if (last == null) {
					first = e;
				}
				else if (last.next != e) {
					last.setNextRelease(e);
				}
				last = e;
			}
		}
		if (last != null && last.next != null) {
			last.setNextRelease(null);
		}
		return first;
	}

	/**
	 * Under the lock of the bin: append its nodes to their bin of a smaller array, those
	 * that hold ordered nodes in front of it.
	 */
	private static void append(Transfer transfer, int i, Node head) {
		@Nullable Node[] from = transfer.from;
		@Nullable Node[] to = transfer.to;
		int j = i & (to.length - 1);
		while (true) {
			Node present = at(to, j);
			if (present == null) {
				// From here on the head is locked in the new bin, too.
				if (fill(to, j, head)) {
					from[i] = transfer.forward;
					return;
				}
				continue;
			}
			synchronized (present) {
				if (at(to, j) == present) {
					Node last = present;
					for (Node e = last.next; e != null; e = last.next) {
						last = e;
					}
					Node ordered = null;
					Node rest = head;
					while (rest instanceof OrderedNodes) {
						ordered = rest;
						rest = rest.next;
					}
					// From here on nothing is called: a half of this must not be left.
					last.next = rest;
					if (ordered != null) {
						ordered.next = present;
						// It is. To have read it orders the plain write that follows.
						if (ordered.next == present) {
							to[j] = head;
						}
						last.next = rest;
					}
					// It is, too.
					if (last.next == rest) {
						from[i] = transfer.forward;
					}
					return;
				}
			}
		}
	}

	// Walking

	BinWalker walker() {
		return new BinWalker(this, this.table);
	}

	/**
	 * Remove some live entry. The search begins where the last one has ended.
	 * @param taken told the key and the value of the entry that was removed
	 * @return whether there was one
	 */
	boolean poll(BiConsumer<? super K, ? super V> taken) {
		boolean lost = true;
		while (lost) {
			lost = false;
			@Nullable Node[] bins = this.table;
			BinWalker nodes = new BinWalker(this, bins, this.pollNext & (bins.length - 1));
			for (Node node = nodes.next(); node != null; node = nodes.next()) {
				K key = keyIn(node);
				V value = valueIn(node);
				lost |= value == null && replacementOf(node) != null;
				if (key != null && value != null) {
					if (replaceEntry(node, null, value, null) != null) {
						// Racy, but the race is benign: a search begins elsewhere.
						this.pollNext = node.hash & (bins.length - 1);
						taken.accept(key, value);
						return true;
					}
					lost = true;
				}
			}
		}
		return false;
	}

	/**
	 * Find what took the place of a node with a strong key whose value has died: a walk
	 * that holds the node would miss the key, which another value may have kept in the
	 * table throughout.
	 * @return the node that has the key now, which may be dead too; {@code null} if none
	 * has, or the dead node itself
	 */
	@Nullable Node replacementOf(Node dead) {
		Object key = dead.strong;
		if (this.weakKeys || key == null) {
			return null;
		}
		@Nullable Node[] bins = this.table;
		search: while (true) {
			int i = dead.hash & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			Node next;
			for (Node e = head; e != null; e = next) {
				if (e == dead) {
					return null;
				}
				Node entry = entryOf(e, dead.hash, key);
				if (entry != null) {
					return (entry != dead) ? entry : null;
				}
				next = e.next;
				if (next == e) {
					continue search;
				}
			}
			if (!isElsewhere(bins, i, head)) {
				return null;
			}
		}
	}

	/**
	 * The entry of a strong key that a node of a bin is, or that is among its ordered.
	 */
	private @Nullable Node entryOf(Node e, int h, Object key) {
		if (e.hash == h) {
			return isKey(e, key) ? e : null;
		}
		return (e instanceof OrderedNodes ordered && (e.hash & Node.HASH_BITS) == h) ? ordered.find(key).entry() : null;
	}

	/** The live key of a node, {@code null} if it was weak and has died. */
	@Nullable K keyIn(Node e) {
		return key(keyOf(e));
	}

	/** The live value of a node, {@code null} if it was weak and has died. */
	@Nullable V valueIn(Node e) {
		return value(valueOf(e));
	}

	/**
	 * Where a search for a key has ended in a bin.
	 *
	 * @param node the entry of the key, or a reservation of the key that was active
	 * @param entry the entry of the key, {@code null} if it has none or is reserved
	 * @param last the last node of the hash where none has the key
	 * @param others the number of entries of the hash where none has the key
	 * @param ordered the ordered nodes that have the key or are to have it
	 * @param position where among them
	 */
	private record Place(@Nullable Node node, @Nullable Node entry, @Nullable Node last, int others,
			@Nullable OrderedNodes ordered, OrderedNodes.@Nullable Position position) {

		/** The reservation to wait for. One in a list may have ended since it was met. */
		@Nullable ReservationNode reservation() {
			return (this.node instanceof ReservationNode reservation && (this.ordered == null || !reservation.released))
					? reservation : null;
		}

	}

}
