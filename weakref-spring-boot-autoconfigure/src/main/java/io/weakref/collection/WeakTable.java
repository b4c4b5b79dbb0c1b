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
 * The hash table behind all weak collections: concurrent, with chaining, and with nodes
 * that are themselves the weak references. Either the values are weak (the node holds the
 * key strongly, and its referent is the value) or the keys are (the referent is the key,
 * and the node holds the value strongly). A set is a table with weak keys and one
 * constant value.
 *
 * <h2>Terms</h2>
 *
 * A <em>bin</em> is a slot of the array together with the chain of nodes that starts
 * there. The first node of the chain is its <em>head</em>. A node is <em>linked</em> if
 * it can be reached from the slot of its bin, and <em>dead</em> if its referent was
 * cleared. A <em>reservation</em> is a node that reserves a key for a function that is
 * running. An entry exists while its node is linked and not dead. The <em>special
 * nodes</em> are those that are not entries: {@link ReservationNode},
 * {@link OrderedNodes} and {@link ForwardingNode}; their hash is negative.
 *
 * <h2>Writing</h2>
 *
 * <ol>
 * <li>An empty slot is filled by a CAS. Everything else in a bin (its slot, the
 * {@code next} of its nodes, the value of a node with a weak key, the {@code removal} of
 * a reservation) is written by the thread that holds the monitor of the bin's head, after
 * it has read the slot again under that monitor and found the same head. A thread that
 * replaces the head either does so as its last write to the bin under that monitor, or
 * also holds the monitor of the new head. {@link OrderedNodes} guard their own content,
 * including the {@code removal} of the reservations among them, by their own monitor. The
 * {@code prior} of a reservation is written by its owner before the reservation is
 * linked.</li>
 * <li>The slot and {@code next} are written with release semantics or stronger, which is
 * enough under the monitor, and read with acquire semantics or stronger: a thread that
 * sees such a write also sees everything its writer did before. A call that stored,
 * replaced or removed a live entry executes a full fence before it returns, so that its
 * effect is visible to all threads. The fence is the volatile store of a replacement, of
 * a value or of the state of ordered nodes, {@link EntryCounter#add}, the volatile write
 * that releases a reservation, or an explicit one. (Leaving a monitor is no full fence if
 * the monitor is inflated.) The hash and a strong key are never written after the node
 * was linked, so plain reads suffice.</li>
 * <li>Only the garbage collector clears a referent. Nothing calls {@code clear()} or
 * {@code enqueue()} on a node. So a dead node stays dead, and every call that tests it
 * later sees that it is dead.</li>
 * <li>The node of an entry that was unlinked has itself as its {@code next}, so that a
 * thread that keeps the node does not keep its successors reachable. A thread that stands
 * on such a node and wants to go on restarts at the slot. The {@code next} of a
 * reservation that has ended is written in the same way, before the reservation is seen
 * as released. Until that write, and always in other special nodes, {@code next} leads
 * into the former chain. Every node that stayed linked can still be reached from there,
 * except nodes that were ordered or moved in the meantime; the head of the bin then shows
 * that this has happened.</li>
 * <li>Within a bin, at most one linked node other than a reservation has a given key. A
 * value is replaced in place: one write puts the new node at the position of the old one,
 * with the old node's {@code next}. So there is no moment at which neither is linked.
 * Other nodes are appended at the end, so a search that has met the last node with its
 * hash has met all of them.</li>
 * <li>No user code runs under a monitor. A call compares keys and values without a lock,
 * then takes the lock. It starts again if the node it found is no longer linked or, if it
 * found none, if the last node with that hash is now a different one. Among ordered
 * nodes, it starts again if their state has changed and its result depends on that.
 * Functions run while the key is reserved, see {@link ReservationNode}. A reservation
 * stands directly before the live node of its key. Nothing is ever linked between the
 * two, because writers of that key wait. {@code clear()} does not wait: it releases the
 * reservation and unlinks both nodes, and the owner of the reservation then stores
 * nothing.</li>
 * </ol>
 *
 * <h2>Errors at any point</h2>
 *
 * Any call can end with a {@code StackOverflowError} and, if it allocates, with an
 * {@code OutOfMemoryError}. A change that must not be left half done is therefore made
 * after the last method call, by writes to fields and array elements, which cannot fail.
 * Array elements are then written plainly, after a release fence. Entering a monitor can
 * fail like a call, because the interpreter then looks whether there is enough stack. So
 * a {@code finally} block that mends something does so by plain and volatile writes
 * alone. A {@code catch} block is no place for that, because finding it may load the
 * class of the error, which can fail, too.
 * <p>
 * What a reservation, a sweep or {@code clear()} changes is counted by the last call
 * before the change, and so is every change among ordered nodes. What {@code put} inserts
 * into a chain and {@code remove} unlinks from one is counted afterwards, since that is
 * also the fence of rule 2. If counting fails then, the table is {@link #miscounted} from
 * then on, and {@link #size()} visits every bin. If the owner of a reservation cannot
 * unlink it, one write releases it. If moving a bin is interrupted by an error, the bin
 * is either unchanged or in a state from which any thread that meets it can finish the
 * move; from then on, the bins that have moved are not counted but looked at.
 *
 * <h2>Reading</h2>
 *
 * A reader takes no lock: it reads the slot and follows {@code next}. By rules 1, 2 and
 * 4, each node that it reaches was linked at some moment after the reader began. So if it
 * finds a live referent in a node with its key, that was the mapping at some moment
 * during the call, which is the linearization point. A miss, however, is trustworthy only
 * if nothing misled the reader. Four things can:
 * <ul>
 * <li><em>The nodes were relinked by a resize.</em> The thread that moves a bin puts a
 * {@link ForwardingNode} into the slot before it changes any {@code next}. So a reader
 * that misses reads the slot again and, if it finds a forwarding node, continues in the
 * other array. While the nodes are being relinked, the forwarding node has an array of
 * them, which is searched instead.</li>
 * <li><em>The value was replaced.</em> The reader stands on the old node, whose referent
 * has died since, while the key has a live value in the new node. A reader that met a
 * dead node of its key (or, with weak keys, a dead node of its hash) therefore searches
 * again. It trusts the miss once a search meets no dead node that the previous search had
 * not met: such a node was still linked after it had died, so it was the mapping, and the
 * key had no live value.</li>
 * <li><em>The node under the reader was unlinked.</em> Its {@code next} is then the node
 * itself, and the reader searches again.</li>
 * <li><em>The nodes of its hash are ordered, or became ordered during the search.</em>
 * Then the head of the bin has a negative hash, as during a resize, and the reader
 * searches again.</li>
 * </ul>
 * If the key was removed and put again after the reader had passed the end of the chain,
 * there was a moment without the key, and the miss is correct.
 *
 * <h2>Counting</h2>
 *
 * The size is the number of entries that were linked, minus those that were removed while
 * they lived, minus those that were purged. Dead entries are counted as purged before any
 * thread can see that they are gone, under the same lock under which they are unlinked.
 * So when a sweep finds a bin without dead nodes, the size is already exact, no matter
 * which thread removed them.
 *
 * <h2>Resizing</h2>
 *
 * Bins move one by one. Nodes are relinked, never copied. When the array grows, each new
 * bin receives nodes from exactly one old bin and cannot be reached before the old slot
 * forwards to it. When the array shrinks, a new bin receives the nodes of several old
 * bins. Each of these is appended under the monitor of the new bin's head as well, which
 * is always taken after the monitor of the old bin's head. When every bin has moved, one
 * thread completes the resize, under the monitor of the transfer: {@code table} is set
 * first, then {@code transfer} is cleared, then {@code resizing}: a thread that may begin
 * a resize therefore sees the array of the previous one. Each thread that inserts moves a
 * share of the bins; the cleaner's thread moves the rest.
 *
 * <h2>Removing dead entries</h2>
 *
 * After a garbage collection the cleaner sweeps every bin. A sweep tests nodes without a
 * lock, many bins at a time, with {@code refersTo}, which unlike {@code get} does not
 * keep the referent alive while a garbage collector marks concurrently. A bin with a dead
 * node is then locked, and its dead nodes are unlinked by identity, never by key. After
 * the cleaner was closed, each insertion sweeps a few bins.
 *
 * <h2>Holding values</h2>
 *
 * In a table that holds its values for a while, the node of every entry is a
 * {@link HoldNode}. The {@link HoldWindow} is told of each use, and of each node that was
 * unlinked while it lived, after the unlinking. If an error ends the thread's call in
 * between, the value of the unlinked node is held until it is due. Nothing else in this
 * class deals with holding: moving, ordering and sweeping do not affect the window,
 * because a value that is held does not die and nodes are never copied.
 *
 * <h2>Colliding hashes</h2>
 *
 * Once {@value OrderedNodes#THRESHOLD} strong keys or more have the same hash code, they
 * are ordered if they are of one class whose objects are comparable to each other, see
 * {@link OrderedNodes}. All other keys are searched linearly: {@code n} of them cost
 * {@code n} steps in each call that meets them. Weak keys are always searched linearly,
 * because comparing them would need keys that may already be gone.
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
	 * The minimum number of bins per entry; there are up to twice as many. They take 8 to
	 * 16 of the 48 to 56 bytes of an entry. With 4/3, as in {@code HashMap}, a lookup
	 * among 10,000 entries took a tenth longer, and a lookup that finds nothing a fifth
	 * longer.
	 */
	private static final int MIN_BINS_PER_ENTRY = 2;

	/** The number of bins that each insertion moves during a resize. */
	private static final int HELP_BINS = 64;

	/**
	 * The number of bins that are moved by the thread that starts a resize, which takes
	 * some 50 microseconds.
	 */
	private static final int FIRST_BINS = 2048;

	private static final int MAX_SHRINK_SHIFT = 4;

	/** Up to this number of entries, {@link #size()} counts those that live. */
	private static final int FEW_ENTRIES = 8;

	/**
	 * The maximum number of bins for that, because counting visits every bin: those of
	 * 2048 entries, as the documentation of {@code size()} says.
	 */
	private static final int FEW_BINS = 4096;

	/** The number of bins that an insertion sweeps if no cleaner does. */
	private static final int SELF_SWEEP_BINS = 8;

	/** Returned if a bin has changed, so that the caller searches again. Never linked. */
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
		// Loaded now, because without memory it could not be loaded to be caught.
		Objects.requireNonNull(OutOfMemoryError.class);
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

	/**
	 * The table grows only above this number of entries; raised when there was no memory
	 * for a larger array.
	 */
	private volatile long growthBarrier;

	private volatile int selfSweepNext;

	/** The bin in which {@link #poll} looks first: where it last found an entry. */
	private volatile int pollNext;

	/** The entries that were linked, minus those that were removed while they lived. */
	private final EntryCounter linked = new EntryCounter();

	/**
	 * The entries that were linked (positive) or removed (negative) in a step that also
	 * purged others, and what a {@linkplain #recount} has corrected. Written under the
	 * monitor of this table.
	 */
	private volatile long linkedWithPurge;

	/** Dead entries that were removed. */
	private volatile long purged;

	/** Whether counting has failed, so that no count is certain to be right. */
	private volatile boolean miscounted;

	/** Whether this has happened since the entries were last {@linkplain #recount}ed. */
	private volatile boolean recountDue;

	/** Set before the table is published; {@code null} if no cleaner is to sweep it. */
	private @Nullable WeakReference<WeakCollection> owner;

	/**
	 * The registration with the cleaner, which this table must hold. Set after the first
	 * insertion.
	 */
	private @Nullable Object registration;

	/**
	 * Created when the table was first sampled after a garbage collection of the old
	 * generation.
	 */
	private volatile @Nullable EntryAges ages;

	/** Set before the table is published; {@code null} if values are not held. */
	private @Nullable HoldWindow hold;

	/** Set before the table is published; {@code null} if lost hits are not counted. */
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

	/**
	 * Make this table hold its values for a while. Its nodes are then {@link HoldNode}s.
	 */
	void hold(long nanos, int most, LongSupplier nanoTime, int firstTick) {
		WeakReference<?> owner = (this.owner != null) ? this.owner : new WeakReference<>(this);
		this.hold = new HoldWindow(nanos, most, this.cleaner, owner, nanoTime, firstTick);
	}

	@Nullable HoldWindow hold() {
		return this.hold;
	}

	/** The number of values that are held. */
	int heldCount() {
		HoldWindow hold = this.hold;
		return (hold != null) ? hold.heldCount() : 0;
	}

	/** Record dead entries, and lookups that miss them. */
	void recordLostIn(LostKeys lost) {
		this.lost = lost;
	}

	/** The number of bins that hold a number of entries without growing. */
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
	 * Find a value for a caller that is going to use it. If this table holds its values,
	 * the value is held from now on.
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

	/**
	 * Like {@link #findByStrongKey}, and hold the value. A method of its own, so that
	 * tables without holding do not pay for the additional steps.
	 */
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
			// The caller holds the key, so refersTo can compare it without creating a
			// reference to the referent.
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
		// Every special node has a negative hash. Test that rather than the class, which
		// would need another load.
		return (head == null || head.hash >= 0) ? null : retryFind(bins, h, key, null, hold);
	}

	/**
	 * Find the live key that equals a given key, in a table with weak keys. May miss one
	 * that is added concurrently.
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
	 * Search again until a miss can be trusted, see the class comment.
	 * @param bins the array that was searched
	 * @param suspect a dead node that was met there and may have had the key
	 * @param hold the window that is to hold a value that is found, {@code null} if
	 * values are not held
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
	 * Whether nodes may have left the chain of a bin while it was followed from this
	 * head, and yet be in the table: because they moved to another array or were ordered.
	 */
	static boolean isElsewhere(@Nullable Node[] bins, int i, @Nullable Node head) {
		Node now = at(bins, i);
		return now instanceof ForwardingNode || (now != head && now instanceof OrderedNodes);
	}

	/** Both lists are in the order of the bin, which no writer changes. */
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

	/** Report to the window that a caller has found or stored a value to use it. */
	private void use(Node node, @Nullable Object value) {
		HoldWindow hold = this.hold;
		if (hold != null && value != null) {
			hold.use((HoldNode) node, value);
		}
	}

	/** Report to the window that a node was unlinked while it lived. */
	void forget(Node node) {
		HoldWindow hold = this.hold;
		if (hold != null) {
			hold.forget((HoldNode) node);
		}
	}

	/**
	 * Report to the window that a value was found or stored, in the same node or in a
	 * replacement.
	 */
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

	/** The key of a node, {@code null} if it was weak and has died. */
	private @Nullable Object keyOf(Node e) {
		return (this.weakKeys && e.hash >= 0) ? e.get() : e.strong;
	}

	/** The value of an entry, {@code null} if it was weak and has died. */
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

	/**
	 * Set a slot, under the lock of the bin. A release store is enough because the lock
	 * orders the writers.
	 */
	private static void set(@Nullable Node[] bins, int i, @Nullable Node node) {
		BINS.setRelease(bins, i, node);
	}

	/** Fill an empty bin. */
	private static boolean fill(@Nullable Node[] bins, int i, Node node) {
		return BINS.compareAndSet(bins, i, (Node) null, node);
	}

	/**
	 * Under the lock of the bin: replace what follows {@code pred} by a node or by
	 * nothing.
	 */
	private static void link(@Nullable Node[] bins, int i, @Nullable Node pred, @Nullable Node node) {
		if (pred == null) {
			set(bins, i, node);
		}
		else {
			pred.setNextRelease(node);
		}
	}

	/**
	 * Under the lock of the bin: find a node by identity.
	 * @return the node before it, or the node itself if it is the head; {@code null} if
	 * it is not linked
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

	// put and replace repeat the code of isKey, keyOf, valueOf, lastOf and before inline,
	// which makes them longer than methods of this class should be. The JIT compiler
	// leaves a method that was cold when its caller was compiled as a call for good. That
	// happens in a map that is first filled and overwritten later.

	/**
	 * Store a value.
	 * @return the live value that the key had, {@code null} if it had none
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
				Object old = putAmongOrdered((OrderedNodes) e, key, value, onlyIfAbsent);
				if (old != AGAIN) {
					return value(old);
				}
				bins = this.table;
				continue;
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
		boolean counted = false;
		try {
			this.linked.add(1);
			counted = true;
		}
		finally {
			if (!counted) {
				this.miscounted = true;
				this.recountDue = true;
			}
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
	 * Whether a search for a key must stop at a special node of its hash: at ordered
	 * nodes, or at an active reservation of that key.
	 */
	private boolean isSpecialFor(Node e, Object key) {
		return !(e instanceof ReservationNode reservation) || (!reservation.released && isKey(e, key));
	}

	/**
	 * Whether no node with a hash was added since a search that met this one as the last.
	 */
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

	/** Under the lock of the bin: the last node with a hash, special nodes included. */
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

	/**
	 * Wait for a reservation, in a call that runs no function and so does not keep others
	 * waiting. Opens the gate for the next thread.
	 */
	private static void await(ReservationNode reservation) {
		ReservationNode.Gate turn = reservation.await(null);
		if (turn != null) {
			turn.release();
		}
	}

	/**
	 * Do what {@link #put} does, for a key whose hash is that of ordered nodes.
	 * @return the live value that the key had, {@code null} if it had none;
	 * {@link #AGAIN} if the key must be searched again
	 */
	private @Nullable Object putAmongOrdered(OrderedNodes ordered, Object key, Object value, boolean onlyIfAbsent) {
		OrderedNodes.Position position = findUnreserved(ordered, key);
		if (position == null) {
			return AGAIN;
		}
		Node entry = position.entry();
		Object old = (entry != null) ? valueOf(entry) : null;
		if (entry != null && old != null && (onlyIfAbsent || old == value)) {
			use(entry, old);
			return old;
		}
		if (old == null && removeOfAnotherClass(ordered, position, key)) {
			return AGAIN;
		}
		Object kept = (entry != null && old != null) ? entry.strong : key;
		Node fresh = nodeOfWeak(ordered.hash & Node.HASH_BITS, kept, value);
		int added = (old == null) ? 1 : 0;
		if (!ordered.set(position, fresh, this, added, (entry != null) ? added : 0)) {
			dissolveIfEmpty(ordered);
			return AGAIN;
		}
		if (entry != null && old != null) {
			forget(entry);
		}
		use(fresh, value);
		if (added > 0) {
			inserted(this.table, true);
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(value);
		return old;
	}

	/**
	 * Find a key among ordered nodes for a call that runs no function.
	 * @return its position; {@code null} if the key was reserved until now, so that it
	 * must be searched again
	 */
	private static OrderedNodes.@Nullable Position findUnreserved(OrderedNodes ordered, Object key) {
		OrderedNodes.Position position = ordered.find(key);
		if (position.node() instanceof ReservationNode reservation && !reservation.released) {
			await(reservation);
			return null;
		}
		return position;
	}

	/**
	 * Remove what has the position of a key without a live entry, if it has an equal key
	 * of another class: a dead entry, or a reservation that was left behind. The key must
	 * not take that position, because each inner array has keys of one kind.
	 * @return whether the classes differ, so that the key must be searched again
	 */
	private boolean removeOfAnotherClass(OrderedNodes ordered, OrderedNodes.Position position, Object key) {
		Node node = position.node();
		if (node == null || Objects.requireNonNull(node.strong).getClass() == key.getClass()) {
			return false;
		}
		Node dead = position.entry();
		if (ordered.set(position, null, this, 0, (dead != null) ? 1 : 0) && dead != null) {
			died(dead);
		}
		dissolveIfEmpty(ordered);
		return true;
	}

	/**
	 * Under the lock of the bin: give an entry another value. The caller has found the
	 * key equal and holds the key of the entry: a writer that passed over the node while
	 * its key was dead would not find the node that takes its place. A live entry keeps
	 * its own key, unless the newest key is to be retained.
	 * @param old the live value of the entry, {@code null} if it has died
	 * @return the node of the entry now: a new one, or the same if the value could be
	 * stored in it
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
			count(1, 1);
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

	/** Under the lock of the bin: unlink a live entry. */
	private void unlink(@Nullable Node[] bins, int i, @Nullable Node pred, Node e) {
		link(bins, i, pred, e.next);
		boolean counted = false;
		try {
			this.linked.add(-1);
			counted = true;
		}
		finally {
			if (!counted) {
				this.miscounted = true;
				this.recountDue = true;
			}
		}
		e.setNextRelease(e);
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
				// A reservation that the search passed over may have ended in the
				// meantime and left a value that was computed before this call.
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
				Object replaced = replaceAmongOrdered((OrderedNodes) e, key, expected, replacement);
				if (replaced != AGAIN) {
					return value(replaced);
				}
				bins = this.table;
				continue;
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
					unlink(bins, i, pred, e);
				}
			}
			if (replacement == null) {
				forget(e);
			}
			break;
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(replacement);
		return value(old);
	}

	/**
	 * Do what {@link #replace} does, for a key whose hash is that of ordered nodes.
	 * @return the value it had, {@code null} if nothing was changed; {@link #AGAIN} if
	 * the key must be searched again
	 */
	private @Nullable Object replaceAmongOrdered(OrderedNodes ordered, Object key, @Nullable Object expected,
			@Nullable Object replacement) {
		Object equal = null;
		while (true) {
			OrderedNodes.Position position = findUnreserved(ordered, key);
			if (position == null) {
				return AGAIN;
			}
			Node entry = position.entry();
			Object old = (entry != null) ? valueOf(entry) : null;
			if (entry == null || old == null) {
				// A dead entry may have been replaced by a live one since the search.
				return (entry == null || ordered.chunks() == position.chunks()) ? null : AGAIN;
			}
			// Each value is compared once, however often other keys are written in the
			// meantime.
			if (expected != null && expected != old && equal != old && !expected.equals(old)) {
				return null;
			}
			equal = old;
			if (replacement == old) {
				use(entry, old);
				return old;
			}
			Node fresh = (replacement != null) ? nodeOfWeak(entry.hash, entry.strong, replacement) : null;
			boolean done = ordered.set(position, fresh, this, (fresh != null) ? 0 : -1, 0);
			dissolveIfEmpty(ordered);
			if (done) {
				forget(entry);
				if (fresh != null) {
					use(fresh, replacement);
				}
				Reference.reachabilityFence(replacement);
				return old;
			}
		}
	}

	/**
	 * Remove or replace the entry of one particular node, without comparing keys.
	 * @param entry the node
	 * @param key its key, needed only for a replacement
	 * @param value the value that was read from it; if the value is the strong side, it
	 * must still be the current one
	 * @param replacement the value to store, {@code null} to remove the entry
	 * @return the node of the entry now, or the removed one; {@code null} if that entry
	 * was gone
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
	 * Do what {@link #replaceEntry} does, for an entry among ordered nodes.
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
		if (!ordered.set(position, fresh, this, (fresh != null) ? 0 : -1, 0)) {
			return AGAIN;
		}
		return (fresh != null) ? fresh : entry;
	}

	/**
	 * Do what {@link #replaceEntry} does, for an entry in the chain of its bin.
	 * @return the node of the entry now, or the removed one; the reservation to wait for
	 * before trying again; {@link #AGAIN} if the bin has changed; {@code null} if the
	 * entry was gone
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
			if (replacement != null) {
				return store(bins, i, pred, entry, Objects.requireNonNull(key), value, replacement);
			}
			unlink(bins, i, pred, entry);
			return entry;
		}
	}

	/** The ordered nodes that contain an entry, {@code null} if none do. */
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
	 * @return the live value that was present, or what the function returned
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
	 * Compute a value from the present one. The function runs without a lock, at most
	 * once.
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
	 * @return the live value that was found; {@code null} if the key is now reserved. If
	 * this throws, the key is not reserved
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
					// The entry that an earlier attempt may have found is gone.
					reservation.setPrior(null, null, null, key);
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
					// The key has died since. Another writer may have passed over the
					// node while its key was dead, so a reservation must not take its
					// place: search again.
					continue;
				}
				Object old = (entry != null) ? valueOf(entry) : null;
				if (entry != null && old != null && onlyIfAbsent) {
					use(entry, old);
					return value(old);
				}
				reservation.setPrior(entry, k, old, key);
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
	 * @return where the search ended; {@code null} if it reached a node that was unlinked
	 * in the meantime
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
	 * Link a reservation before the live entry of its key, or in the place of a dead one.
	 * @return {@code false} if the ordered nodes have changed
	 */
	private boolean reserveAmongOrdered(OrderedNodes ordered, Place place, ReservationNode reservation) {
		reservation.ordered = ordered;
		OrderedNodes.Position position = Objects.requireNonNull(place.position());
		if (reservation.prior == null
				&& removeOfAnotherClass(ordered, position, Objects.requireNonNull(reservation.strong))) {
			return false;
		}
		boolean dead = place.entry() != null && reservation.prior == null;
		if (dead) {
			died(reservation);
		}
		if (ordered.set(position, reservation, this, 0, dead ? 1 : 0)) {
			return true;
		}
		dissolveIfEmpty(ordered);
		return false;
	}

	/**
	 * Link a reservation before the live entry of its key, in the place of a dead one, or
	 * at the end of the bin.
	 * @return {@code false} if the bin has changed
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
					// Another writer has replaced the value since it was read.
					return false;
				}
				pred = (found != entry) ? found : null;
				reservation.setNextPlain(dead ? entry.next : entry);
			}
			VarHandle.releaseFence();
			if (dead) {
				countPurged(1);
			}
			// No method calls from here on: the next write reserves the key.
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
	 * was. Does nothing if {@code clear()} has released the reservation.
	 * @param value the value to store, {@code null} for none
	 * @param remove whether to remove the entry if there is no value to store
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
		int change = 0;
		boolean ended = false;
		while (!ended && !reservation.released) {
			if (removal != reservation.removal) {
				removal = reservation.removal;
				if (stored != null && isRemoved(removal, key, stored)) {
					stored = null;
					result = null;
				}
			}
			change = ((result != null) ? 1 : 0) - ((prior != null) ? 1 : 0);
			ended = (reservation.ordered != null)
					? endAmongOrdered(reservation.ordered, reservation, removal, result, change)
					: endInChain(reservation, removal, result, stored, change);
		}
		reservation.priorKey = null;
		reservation.priorValue = null;
		reservation.wakeFirst();
		if (reservation.ordered != null) {
			dissolveIfEmpty(reservation.ordered);
		}
		if (ended && prior != null && prior != result) {
			forget(prior);
		}
		if (ended && result != null && result == fresh) {
			use(result, value);
		}
		if (ended && change > 0) {
			inserted(this.table, true);
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(value);
	}

	/**
	 * Create the node for a computed value.
	 * @return the node; {@code null} if the value can be stored in the present one
	 */
	private @Nullable Node nodeFor(ReservationNode reservation, Object key, Object value) {
		if (this.weakKeys && reservation.prior != null && !this.newestKey) {
			return null;
		}
		Object kept = reservation.priorKey;
		return node(reservation.hash & Node.HASH_BITS, (kept != null && !this.weakKeys) ? kept : key, value);
	}

	/**
	 * End a reservation among ordered nodes.
	 * @param removal the bulk removals that {@code result} already takes into account
	 * @param result the node that takes its place, {@code null} for none
	 * @param change how many entries there are more, or fewer if negative
	 * @return {@code false} if something has changed in the meantime
	 */
	private boolean endAmongOrdered(OrderedNodes ordered, ReservationNode reservation,
			ReservationNode.@Nullable Removal removal, @Nullable Node result, int change) {
		OrderedNodes.Position position = ordered.findNode(reservation);
		synchronized (ordered) {
			if (position == null || reservation.released || removal != reservation.removal
					|| !ordered.set(position, result, this, change, 0)) {
				return false;
			}
			reservation.released = true;
			return true;
		}
	}

	/**
	 * End a reservation in the chain of its bin.
	 * @param removal the bulk removals that {@code result} already takes into account
	 * @param result the node that takes the place of the reservation and of the entry
	 * behind it; that entry itself if it stays; {@code null} for none
	 * @param value the value to store in an entry that stays, {@code null} for none
	 * @param change how many entries there are more, or fewer if negative
	 * @return {@code false} if something has changed in the meantime
	 */
	private boolean endInChain(ReservationNode reservation, ReservationNode.@Nullable Removal removal,
			@Nullable Node result, @Nullable Object value, int change) {
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
				// clear() has just emptied the bin and released this reservation.
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
				endUnderLock(bins, i, (found != reservation) ? found : null, reservation, result, value, change);
				return true;
			}
		}
		return false;
	}

	private void endUnderLock(@Nullable Node[] bins, int i, @Nullable Node pred, ReservationNode reservation,
			@Nullable Node result, @Nullable Object value, int change) {
		Node prior = reservation.prior;
		Node next = reservation.next;
		if (prior == null || result != prior) {
			next = (prior != null) ? prior.next : next;
			if (result != null) {
				result.setNextPlain(next);
				next = result;
			}
		}
		else if (value != null) {
			prior.setValueVolatile(value);
		}
		VarHandle.releaseFence();
		if (change != 0) {
			count(change, 0);
		}
		// No method calls from here on: this must not be left half done.
		if (pred == null) {
			bins[i] = next;
		}
		else {
			pred.next = next;
		}
		// The next pointer is written before the release: a writer that sees the
		// reservation released, and so passes over it, must also see that it was
		// unlinked, because the node that took its place may have the writer's key.
		reservation.next = reservation;
		reservation.released = true;
		if (prior != null && result != prior) {
			prior.next = prior;
		}
	}

	/**
	 * Whether a bulk removal that ran during the computation removes the computed value.
	 */
	private static boolean isRemoved(ReservationNode.@Nullable Removal removal, Object key, Object value) {
		for (ReservationNode.Removal each = removal; each != null; each = each.earlier()) {
			if (each.condition().test(key, value)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Unlink a reservation that was released without a value, and wake the first waiter.
	 */
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
			while (position != null && !ordered.set(position, reservation.prior, this, 0, 0));
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
	 * Discard the values that are being computed now, if they meet a condition once they
	 * are known. So a value whose computation began before a bulk removal is not found
	 * after it.
	 * @param condition tests keys and values, on the threads that have computed them
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
	 * Order the nodes with one hash code, if possible.
	 * @param others how many nodes with the hash and another key a search has met
	 * @return whether something has changed, so that the caller must search again
	 */
	private boolean order(@Nullable Node[] bins, int i, Node head, int h, Object key, int others) {
		// Tried only when the length is a power of two, so that lists that cannot be
		// ordered are not tried each time.
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
			// The keys cannot be compared: they stay in the chain.
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
				// No method calls from here on: this must not be left half done.
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

	/** Unlink an {@link OrderedNodes} that is empty. */
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

	/**
	 * Do what is due after an insertion. {@code collided} tells whether the bin was not
	 * empty.
	 */
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

	/** Register this table with the cleaner, now that there is something to sweep. */
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
	 * Count dead entries as purged, before any thread can see that they are gone: under
	 * the lock under which they are unlinked. If this throws, this table has not counted
	 * them; the cleaner may have.
	 */
	void countPurged(int entries) {
		CleanerInternals.countPurged(this.cleaner, entries);
		PURGED.getAndAdd(this, (long) entries);
	}

	/**
	 * Count a change before any thread can see it. If this throws, nothing was counted.
	 * @param added the entries that are linked, negative for live ones that are unlinked
	 * @param dead the dead entries that are unlinked
	 */
	void count(int added, int dead) {
		if (dead == 0) {
			this.linked.add(added);
			return;
		}
		synchronized (this) {
			countPurged(dead);
			this.linkedWithPurge += added;
		}
	}

	/** Record that a dead entry is removed. */
	void died(Node node) {
		LostKeys lost = this.lost;
		if (lost != null) {
			lost.died(node.hash & Node.HASH_BITS);
		}
	}

	/**
	 * Record that a lookup, of those that are counted, has found nothing. Takes a lock
	 * only if the dead entry of the key is still linked.
	 */
	void missed(Object key) {
		LostKeys lost = this.lost;
		if (lost != null) {
			int h = hash(key);
			// An entry that has just died may still be linked: removing it records its
			// death first.
			unlinkIfDead(key, h);
			lost.missed(h);
		}
	}

	/**
	 * Unlink the entry of a strong key if it has died. Leaves other ordered entries to
	 * the sweep: testing all of them would make each miss as slow as a linear search. May
	 * overlook an entry if the bin changes in the meantime.
	 */
	private void unlinkIfDead(Object key, int h) {
		@Nullable Node[] bins = this.table;
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = skipToCurrent(bins, i, forward);
				continue;
			}
			Node e = head;
			while (e != null && !isOrderedOrDead(e, h)) {
				Node next = e.next;
				e = (next != e) ? next : null;
			}
			if (e == null || head == null) {
				return;
			}
			if (!(e instanceof OrderedNodes ordered)) {
				// Search again afterwards: others with this hash may be dead, too.
				unlinkDead(bins, i, head, e);
			}
			else if (unlinkIfDead(ordered, key)) {
				return;
			}
		}
	}

	private static boolean isOrderedOrDead(Node e, int h) {
		return (e.hash & Node.HASH_BITS) == h && (e instanceof OrderedNodes || e.isDead());
	}

	/** Returns {@code false} if the ordered nodes have changed. */
	private boolean unlinkIfDead(OrderedNodes ordered, Object key) {
		OrderedNodes.Position position = ordered.find(key);
		Node entry = position.node();
		if (entry == null || !entry.isDead()) {
			return true;
		}
		if (!ordered.set(position, null, this, 0, 1)) {
			return false;
		}
		died(entry);
		dissolveIfEmpty(ordered);
		return true;
	}

	/** Unlink a dead entry from the chain of its bin, unless the bin has changed. */
	private void unlinkDead(@Nullable Node[] bins, int i, Node head, Node entry) {
		synchronized (head) {
			Node pred = (at(bins, i) == head) ? before(head, entry) : null;
			if (pred == null) {
				return;
			}
			died(entry);
			VarHandle.releaseFence();
			countPurged(1);
			// No method calls from here on: this must not be left half done.
			if (pred == entry) {
				bins[i] = entry.next;
			}
			else {
				pred.next = entry.next;
			}
			entry.next = entry;
		}
	}

	/**
	 * The number of lookups that missed an entry that had died within the last minutes.
	 */
	long lostCount() {
		LostKeys lost = this.lost;
		return (lost != null) ? lost.count() : 0;
	}

	/** The number of linked entries, dead ones included. */
	long entries() {
		// Purged is read first, so that a purge in the meantime makes the result too
		// high rather than too low. It may still be too low by the insertions that are
		// running, in which an entry is visible before it is counted, and by the removals
		// that are counted before they are visible (among ordered nodes, by compute() and
		// by clear()).
		long purged = this.purged;
		return Math.max(0, this.linked.sum() + this.linkedWithPurge - purged);
	}

	/**
	 * The number of entries. Dead ones count until they are purged, unless the table has
	 * very few entries and not very many bins.
	 */
	int size() {
		long entries = entries();
		boolean few = entries > 0 && entries <= FEW_ENTRIES && this.table.length <= FEW_BINS;
		if (few || this.miscounted) {
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

	// Removing dead entries

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
	 * Test some bins without a lock: the fence of a lock would delay loading the nodes of
	 * each bin until those of the bin before were loaded.
	 * @return a bit for each bin that has a dead node, or whose nodes were moved or
	 * ordered
	 */
	private static long binsWithDead(@Nullable Node[] bins, int from, int count) {
		long found = 0;
		for (int i = 0; i < count; i++) {
			Node head = at(bins, from + i);
			Node e = head;
			while (e != null && !e.needsSweep()) {
				Node next = e.next;
				if (next == e) {
					// The node was unlinked in the meantime, so its successors are
					// unknown.
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

	/** Under the lock of the bin: unlink all its dead entries. */
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

	/** Set the {@code next} of unlinked nodes to themselves, see the class comment. */
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

	/** The current array. Bins that have moved forward to another one. */
	@Nullable Node[] currentBins() {
		return this.table;
	}

	/** Sweep every bin and complete a resize, on the calling thread. */
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
	 * Remove every entry, bin by bin. A value that is being computed in the meantime is
	 * returned to its caller but not stored.
	 */
	void clear() {
		@Nullable Node[] bins = this.table;
		for (int i = 0; i < bins.length; i++) {
			clearBin(bins, bins.length - 1, i);
		}
		// See rule 2 in the class comment.
		VarHandle.fullFence();
		settle();
	}

	/**
	 * Remove the entries whose hashes have {@code (hash & mask) == wanted}, from every
	 * bin that now holds such hashes. Other entries stay: after the table has shrunk they
	 * are in the same bin, and an entry that was stored after its hash was cleared must
	 * not be removed again.
	 */
	void clearBin(@Nullable Node[] bins, int mask, int wanted) {
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
			Node[] cleared;
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				cleared = collectCleared(head, mask, wanted, forgotten);
				// No method calls from here on: this must not be left half done.
				for (Node e : cleared) {
					if (e instanceof ReservationNode reservation) {
						reservation.released = true;
					}
				}
				Node first = head;
				while (first != null && (first.hash & mask) == wanted) {
					first = first.next;
				}
				Node pred = first;
				while (pred != null) {
					// This volatile read also orders the writes above before that of the
					// head.
					Node e = pred.next;
					if (e != null && (e.hash & mask) == wanted) {
						pred.next = e.next;
					}
					else {
						pred = e;
					}
				}
				bins[i] = first;
			}
			forgetCleared(cleared);
			forgotten.forEach(ReservationNode::wakeFirst);
			return;
		}
	}

	private void forgetCleared(Node[] cleared) {
		for (Node e : cleared) {
			if (e.hash >= 0) {
				e.setNextRelease(e);
				forget(e);
			}
		}
	}

	/**
	 * Under the lock of the bin, before {@link #clearBin} unlinks nodes: count the
	 * entries among them, and gather the reservations.
	 * @return the nodes, in the order of the bin
	 */
	private Node[] collectCleared(Node head, int mask, int wanted, List<ReservationNode> reservations) {
		List<Node> cleared = new ArrayList<>(2);
		int live = 0;
		int dead = 0;
		for (Node e = head; e != null; e = e.next) {
			if ((e.hash & mask) == wanted) {
				cleared.add(e);
				if (e instanceof ReservationNode reservation) {
					reservations.add(reservation);
				}
				else if (e.hash >= 0 && e.isDead()) {
					dead++;
				}
				else if (e.hash >= 0) {
					live++;
				}
			}
		}
		Node[] nodes = cleared.toArray(new Node[0]);
		for (Node e : nodes) {
			if (e instanceof OrderedNodes ordered) {
				reservations.addAll(ordered.clear(this));
			}
		}
		VarHandle.releaseFence();
		count(-live, dead);
		return nodes;
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

	/** Go to the array to which a bin has moved, and help to move the others. */
	private @Nullable Node[] helpTransfer(@Nullable Node[] bins, int i, ForwardingNode forward) {
		finishMove(bins, i, forward);
		Transfer transfer = this.transfer;
		if (transfer != null) {
			help(transfer);
		}
		return forward.to;
	}

	/**
	 * Go from an array to the one that has the nodes of a bin now, skipping the arrays in
	 * between. A walk, a sweep and {@code clear} may have begun at an array that is long
	 * outdated; following each forwarding node would multiply the bins to visit each time
	 * that the table grew and shrank.
	 * @return an array whose bin may forward again, but only to a newer array
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
	 * Shrink by a factor of at most {@code 1 << MAX_SHRINK_SHIFT}, so that chains do not
	 * get too long if the table is being filled again. A table shrinks only if it is at
	 * least four times too large; an empty table always shrinks, until it is as small as
	 * a new one.
	 */
	private void shrink(@Nullable Node[] bins) {
		if (this.recountDue) {
			recount();
		}
		long entries = entries();
		int enough = Math.max(this.minimumBins, binsFor(3L * entries / 2));
		if (enough <= bins.length >>> 2 || (entries == 0 && enough < bins.length)) {
			resize(bins, Math.max(enough, bins.length >>> MAX_SHRINK_SHIFT), 0);
		}
	}

	/**
	 * Correct the count, so that the table keeps the right size. Not exact if another
	 * thread is writing, and therefore repeated later if the count changes meanwhile.
	 */
	private void recount() {
		boolean done = false;
		try {
			this.recountDue = false;
			long counted = this.linked.sum();
			long purged = this.purged;
			long before = this.linkedWithPurge;
			long found = 0;
			BinWalker nodes = walker();
			while (nodes.next() != null) {
				found++;
			}
			synchronized (this) {
				done = this.linkedWithPurge == before && this.purged == purged && this.linked.sum() == counted;
				if (this.linkedWithPurge == before) {
					this.linkedWithPurge = found + purged - counted;
				}
			}
		}
		finally {
			if (!done) {
				this.recountDue = true;
			}
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
			boolean all = transfer.failed && !more && hasMoved(transfer);
			if (moved > 0 || all) {
				synchronized (transfer) {
					transfer.moved += moved;
					complete = this.transfer == transfer && (all || transfer.moved == length);
					if (complete) {
						this.table = transfer.to;
						this.transfer = null;
						this.resizing = false;
					}
				}
			}
			failed = false;
		}
		catch (OutOfMemoryError ex) {
			more = false;
		}
		finally {
			if (failed) {
				// The bin is unchanged, or its move can be finished: start over, so that
				// some thread takes it again.
				transfer.failed = true;
				transfer.next = 0;
			}
		}
		return more && !complete;
	}

	/** Whether every bin has moved. */
	private static boolean hasMoved(Transfer transfer) {
		int i = 0;
		while (i < transfer.from.length && at(transfer.from, i) == transfer.forward) {
			i++;
		}
		return i == transfer.from.length;
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
					// The old bin may hold other nodes, or none, when it is moved at
					// last.
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
	 * Wait until the nodes of a bin have moved. If the thread that moved them failed,
	 * finish the move: the forwarding node has all the nodes, and relinking is
	 * idempotent.
	 */
	private void finishMove(@Nullable Node[] from, int i, ForwardingNode forward) {
		Node[] nodes = forward.moving;
		if (nodes == null) {
			return;
		}
		Transfer transfer = this.transfer;
		synchronized (forward) {
			if (at(from, i) == forward && transfer != null) {
				synchronized (transfer) {
					relink(transfer, i, nodes);
					transfer.moved++;
					if (transfer.moved == from.length) {
						this.table = transfer.to;
						this.transfer = null;
						this.resizing = false;
					}
				}
			}
		}
	}

	/** Relink the nodes of a bin, under the lock of its forwarding node. */
	private static void relink(Transfer transfer, int i, Node[] nodes) {
		int bit = transfer.from.length;
		set(transfer.to, i, chain(nodes, bit, 0));
		set(transfer.to, i + bit, chain(nodes, bit, bit));
		set(transfer.from, i, transfer.forward);
	}

	/** Chain the nodes whose hash has the wanted bit, keeping their order. */
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
	 * Under the lock of the bin: append its nodes to their bin in a smaller array. Any
	 * {@link OrderedNodes} are put in front of that bin.
	 */
	private static void append(Transfer transfer, int i, Node head) {
		@Nullable Node[] from = transfer.from;
		@Nullable Node[] to = transfer.to;
		int j = i & (to.length - 1);
		while (true) {
			Node present = at(to, j);
			if (present == null) {
				// The head that this thread has locked is now the head of the new bin,
				// too.
				if (fill(to, j, head)) {
					// Always true. The volatile read keeps the plain write that follows
					// from being reordered before the write above.
					if (head.next != head) {
						from[i] = transfer.forward;
					}
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
					// No method calls from here on: this must not be left half done.
					last.next = rest;
					if (ordered != null) {
						ordered.next = present;
						// Always true. The volatile read keeps the plain write that
						// follows from being reordered before the write above.
						if (ordered.next == present) {
							to[j] = head;
						}
						last.next = rest;
					}
					// Always true, for the same reason.
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
	 * Remove an arbitrary live entry. The search begins where the previous one found one.
	 * @param taken receives the key and the value of the removed entry
	 * @return whether there was one
	 */
	boolean poll(BiConsumer<? super K, ? super V> taken) {
		while (true) {
			Node node = firstLive();
			if (node == null) {
				node = findLive();
			}
			if (node == null) {
				return false;
			}
			K key = keyIn(node);
			V value = valueIn(node);
			if (key != null && value != null && replaceEntry(node, null, value, null) != null) {
				taken.accept(key, value);
				return true;
			}
		}
	}

	/**
	 * Find a live entry in the bin of {@link #pollNext}, without a walk: that would
	 * gather all entries of the bin, and so make removing them one by one take quadratic
	 * time.
	 * @return the node; {@code null} if none was found, which does not mean that there is
	 * none if the bin has changed in the meantime
	 */
	private @Nullable Node firstLive() {
		@Nullable Node[] bins = this.table;
		Node e = at(bins, this.pollNext & (bins.length - 1));
		while (e != null) {
			if (e instanceof OrderedNodes ordered) {
				Node entry = ordered.firstLive(this);
				if (entry != null) {
					return entry;
				}
				dissolveIfEmpty(ordered);
			}
			else if (e.hash >= 0 && !e.isDead()) {
				return e;
			}
			Node next = e.next;
			e = (next != e) ? next : null;
		}
		return null;
	}

	/** Find a live entry by a walk, and let {@link #pollNext} be its bin. */
	private @Nullable Node findLive() {
		boolean lost = true;
		while (lost) {
			lost = false;
			@Nullable Node[] bins = this.table;
			BinWalker nodes = new BinWalker(this, bins, this.pollNext & (bins.length - 1));
			for (Node node = nodes.next(); node != null; node = nodes.next()) {
				if (!node.isDead()) {
					// Racy, but the race is benign: a search begins in another bin.
					this.pollNext = node.hash & (bins.length - 1);
					return node;
				}
				lost |= replacementOf(node) != null;
			}
		}
		return null;
	}

	/**
	 * Find the node that replaced a node with a strong key whose value has died. A walk
	 * that still holds the old node would otherwise miss the key, although another value
	 * may have kept it in the table throughout.
	 * @return the node that has the key now, which may be dead too; {@code null} if there
	 * is none, or if it is still the dead node
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
	 * The entry of a strong key: a node of a bin itself, or one among its ordered nodes.
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
	 * Where a search for a key ended in a bin.
	 *
	 * @param node the entry of the key, or a reservation of the key that was active
	 * @param entry the entry of the key; {@code null} if there is none or the key is
	 * reserved
	 * @param last the last node with the hash, if no node has the key
	 * @param others the number of entries with the hash that the search passed
	 * @param ordered the ordered nodes that have the key or are to receive it
	 * @param position the position among them
	 */
	private record Place(@Nullable Node node, @Nullable Node entry, @Nullable Node last, int others,
			@Nullable OrderedNodes ordered, OrderedNodes.@Nullable Position position) {

		/**
		 * The reservation to wait for. A reservation in a chain may have ended since it
		 * was met; waiting for it then returns immediately.
		 */
		@Nullable ReservationNode reservation() {
			return (this.node instanceof ReservationNode reservation && (this.ordered == null || !reservation.released))
					? reservation : null;
		}

	}

}
