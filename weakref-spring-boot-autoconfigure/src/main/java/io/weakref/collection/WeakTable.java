package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

import io.weakref.cleaner.Sweepable;
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
 * its referent was cleared, a <em>claim</em> if it reserves a key for a running function.
 * An entry exists while its node is linked and not dead.
 *
 * <h2>Who writes</h2>
 *
 * <ol>
 * <li>An empty slot is filled by a compare-and-set. Everything else about a bin (its
 * slot, the {@code next} of its nodes, the value of a node with a weak key) is written by
 * the holder of the monitor of the node at its head, who has read the slot again under
 * that monitor and found that very node. Whoever replaces the head does it as the last
 * write under the monitor.</li>
 * <li>Slot and {@code next} are written with release semantics, which is enough under the
 * monitor, and read with acquire semantics or more: who sees a write sees all that its
 * writer did before. Before a call returns that changed something there is a full fence,
 * so that what it did is visible to all: the volatile store of a replacement or a value,
 * the compare-and-set of the count for an entry that came or went, the volatile release
 * of a claim. (The exit from a monitor is none where it is inflated.) The hash and a
 * strong key are never written once the node is linked, so they are read plainly.</li>
 * <li>Only the collector clears a referent. Nobody calls {@code clear()} or
 * {@code enqueue()} on a node, so dead is for ever, and every call that looks afterwards
 * sees it.</li>
 * <li>A node that is unlinked keeps its {@code next}: a reader that stands on it goes on
 * into the chain as it was, where every node that stayed linked is still reachable.</li>
 * <li>In one bin at most one linked node that is not a claim has a given key. A value is
 * replaced in place: the new node takes the position and the {@code next} of the old one
 * in one write, so there is no moment without either.</li>
 * <li>No code of the user runs under a monitor but {@code equals} of keys and, in the
 * conditional operations, of values. Functions run with the key claimed, see
 * {@link Claim}. A claim stands directly before the live node of its key: nothing is ever
 * linked between the two, since writers of the key wait.</li>
 * </ol>
 *
 * <h2>What a reader may see</h2>
 *
 * A reader takes no lock: it reads the slot and follows {@code next}. By 1, 2 and 4 each
 * node it reaches was linked at some moment after it began, so a live referent that it
 * takes from a node with its key was the mapping at some moment of the call. A miss holds
 * only if nothing misled the reader; three things can:
 * <ul>
 * <li><em>The nodes were relinked by a resize.</em> A mover puts a {@link Forward} into
 * the slot before it changes any {@code next}, so a reader that misses reads the slot
 * again and goes to the other array if a forward is there. While the nodes move, the
 * forward has them in an array of its own, which is searched instead.</li>
 * <li><em>The value was replaced.</em> The reader stands on the old node, whose referent
 * has died since, while the key has a live value in the new node. A reader that met a
 * dead node of its key (or one whose weak key is gone, of its hash) searches again, and
 * believes the miss when it meets no other such node: linked after it was dead, that node
 * was the mapping.</li>
 * <li><em>The key was removed and put again</em> behind a reader that had passed the end
 * of the chain. Then there was a moment without the key, and the miss holds.</li>
 * </ul>
 *
 * <h2>Resizing</h2>
 *
 * Bins move one by one; nodes are relinked, never copied. In a larger array each bin
 * comes from one bin of the smaller and is not reachable before the old slot forwards to
 * it. In a smaller one a bin collects several, each appended under the monitor of the new
 * bin's head as well (always taken after the old one's). {@code table} changes when every
 * bin has moved. Who inserts moves a share; the cleaner's thread does the rest.
 *
 * <h2>Removing the dead</h2>
 *
 * The cleaner has every bin looked at after a collection: without a lock, many bins ahead
 * of the first that needs one, by {@code refersTo}, which unlike {@code get} does not
 * keep the referent alive while a collector marks; a bin with a dead node is then locked
 * and the dead are unlinked by what they are, never by key. With the cleaner closed, each
 * insertion sweeps a few bins.
 *
 * <h2>Colliding hashes</h2>
 *
 * Bins are lists whatever their length: {@code n} keys of one hash code cost {@code n}
 * steps for each call that touches them. There is no tree of weak nodes: its comparisons
 * would need referents that may be gone.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@SuppressWarnings("ReachabilityFenceUsage") // what a call that throws was given may die
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

	/** Bins that an insertion sweeps where no cleaner does. */
	private static final int SELF_SWEEP_BINS = 8;

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

	private volatile boolean resizing;

	/** No growth below this count: raised where there was no memory for an array. */
	private volatile long growthBarrier;

	private volatile int selfSweepNext;

	private final LongAdder count = new LongAdder();

	private volatile long purged;

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

	// Reading

	@Nullable V get(Object key) {
		return value(this.weakKeys ? findByWeakKey(key) : findByStrongKey(key));
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

	private @Nullable Object findByStrongKey(Object key) {
		int h = spread(key.hashCode());
		@Nullable Node[] bins = this.table;
		Node e = at(bins, h & (bins.length - 1));
		if (e == null) {
			return null;
		}
		do {
			if (e.hash == h) {
				Object k = e.strong;
				if (k == key || key.equals(k)) {
					Object value = e.get();
					return (value != null) ? value : findAgain(bins, h, key, e);
				}
			}
			e = e.next;
		}
		while (e != null);
		return missed(bins, h, key);
	}

	private @Nullable Object findByWeakKey(Object key) {
		int h = hash(key);
		@Nullable Node[] bins = this.table;
		Node e = at(bins, h & (bins.length - 1));
		if (e == null) {
			return null;
		}
		do {
			// The caller holds the key: to compare it needs no reference of our own.
			if (e.refersTo(key)) {
				return e.value();
			}
			if (e.hash == h) {
				Object k = e.get();
				if (k == null) {
					return findAgain(bins, h, key, e);
				}
				if (!this.identity && key.equals(k)) {
					return e.value();
				}
			}
			e = e.next;
		}
		while (e != null);
		return missed(bins, h, key);
	}

	private @Nullable Object missed(@Nullable Node[] bins, int h, Object key) {
		Node head = at(bins, h & (bins.length - 1));
		// The hash is at hand, the class is not: a negative one is a Forward or a Claim.
		return (head == null || head.hash >= 0) ? null : findAgain(bins, h, key, null);
	}

	/**
	 * Search until a miss can be believed, see the class comment.
	 * @param bins the array that was searched
	 * @param suspect a node met there that was dead and might have had the key
	 */
	private @Nullable Object findAgain(@Nullable Node[] bins, int h, Object key, @Nullable Node suspect) {
		List<Node> suspects = (suspect != null) ? List.of(suspect) : List.of();
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			Node[] moving = null;
			if (head instanceof Forward forward) {
				moving = forward.moving;
				if (moving == null) {
					bins = forward.to;
					continue;
				}
			}
			List<Node> dead = new ArrayList<>(2);
			for (int k = 0; moving != null && k < moving.length; k++) {
				Object value = valueIfKey(moving[k], h, key, dead);
				if (value != null) {
					return value;
				}
			}
			if (moving == null) {
				for (Node e = head; e != null; e = e.next) {
					Object value = valueIfKey(e, h, key, dead);
					if (value != null) {
						return value;
					}
				}
				if (at(bins, i) instanceof Forward) {
					continue;
				}
			}
			if (isSubsequence(dead, suspects)) {
				return null;
			}
			suspects = dead;
		}
	}

	/** Both are in the order of the bin, which no writer changes. */
	private static boolean isSubsequence(List<Node> part, List<Node> whole) {
		int found = 0;
		for (int i = 0; i < whole.size() && found < part.size(); i++) {
			found += (whole.get(i) == part.get(found)) ? 1 : 0;
		}
		return found == part.size();
	}

	private @Nullable Object valueIfKey(Node e, int h, Object key, List<Node> dead) {
		if (e.hash != h) {
			return null;
		}
		Object k = keyOf(e);
		if (k != key && k != null && (this.identity || !key.equals(k))) {
			return null;
		}
		Object value = (k != null) ? valueOf(e) : null;
		if (value == null) {
			dead.add(e);
		}
		return value;
	}

	private boolean isKey(Node e, Object key) {
		Object k = keyOf(e);
		return k == key || (k != null && !this.identity && key.equals(k));
	}

	/** The key of a node: {@code null} if it was weak and has died. */
	private @Nullable Object keyOf(Node e) {
		return (this.weakKeys && e.hash >= 0) ? e.get() : e.strong;
	}

	/** The value of a node that is no claim: {@code null} if it was weak and has died. */
	private @Nullable Object valueOf(Node e) {
		return this.weakKeys ? e.value() : e.get();
	}

	private Node node(int h, Object key, Object value) {
		return this.weakKeys ? new Node(h, value, key) : new Node(h, key, value);
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
			pred.next(node);
		}
	}

	// Writing

	// put, replace and the finds spell out what isKey, keyOf and valueOf say. A method
	// that was cold when its caller was compiled stays a call for good, and so it is in a
	// map that is filled first and written over later.

	/**
	 * Store a value.
	 * @return the live value that the key had
	 */
	@Nullable V put(K key, V value, boolean onlyIfAbsent) {
		int h = hash(key);
		boolean weakKeys = this.weakKeys;
		Node fresh = null;
		@Nullable Node[] bins = this.table;
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				fresh = (fresh != null) ? fresh : node(h, key, value);
				if (fill(bins, i, fresh)) {
					inserted(bins, false);
					break;
				}
				continue;
			}
			if (head instanceof Forward forward) {
				bins = follow(forward);
				continue;
			}
			Claim claim = null;
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = null;
				Node e = head;
				while (e != null) {
					if ((e.hash & Node.HASH_BITS) == h) {
						Object k = (weakKeys && e.hash >= 0) ? e.get() : e.strong;
						if (k == key || (k != null && !this.identity && key.equals(k))) {
							break;
						}
					}
					pred = e;
					e = e.next;
				}
				if (e == null) {
					fresh = (fresh != null) ? fresh : node(h, key, value);
					link(bins, i, pred, fresh);
				}
				else if (e instanceof Claim found) {
					claim = found;
				}
				else {
					Object old = weakKeys ? e.value() : e.get();
					if (old == null || !onlyIfAbsent) {
						store(bins, i, pred, e, key, old, value);
					}
					Reference.reachabilityFence(key);
					Reference.reachabilityFence(value);
					return value(old);
				}
			}
			if (claim == null) {
				inserted(bins, true);
				break;
			}
			claim.await();
			bins = this.table;
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(value);
		return null;
	}

	/**
	 * Under the lock of the bin: give an entry another value. The caller has found the
	 * key equal. An entry that lives keeps its own key, unless the newest is to stay.
	 * @param old the live value of the entry, {@code null} if it has died
	 */
	private void store(@Nullable Node[] bins, int i, @Nullable Node pred, Node e, Object key, @Nullable Object old,
			Object value) {
		Node fresh;
		if (this.weakKeys) {
			if (!this.newestKey || e.refersTo(key)) {
				e.value(value);
				return;
			}
			fresh = new Node(e.hash, value, key);
		}
		else if (old == value) {
			return;
		}
		else {
			fresh = new Node(e.hash, (old != null) ? e.strong : key, value);
		}
		if (old == null) {
			purged(1);
		}
		fresh.nextPlain(e.next);
		if (pred == null) {
			BINS.setVolatile(bins, i, fresh);
		}
		else {
			pred.next = fresh;
		}
	}

	/**
	 * Remove or replace a live entry.
	 * @param expected the value it must have, {@code null} for any
	 * @param replacement the value to store, {@code null} to remove the entry
	 * @return the value it had, {@code null} if nothing was changed
	 */
	@Nullable V replace(Object key, @Nullable Object expected, @Nullable V replacement) {
		int h = hash(key);
		boolean weakKeys = this.weakKeys;
		@Nullable Node[] bins = this.table;
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				return null;
			}
			if (head instanceof Forward forward) {
				bins = follow(forward);
				continue;
			}
			Claim claim = null;
			Object old = null;
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = null;
				for (Node e = head; e != null; pred = e, e = e.next) {
					if ((e.hash & Node.HASH_BITS) != h) {
						continue;
					}
					Object k = (weakKeys && e.hash >= 0) ? e.get() : e.strong;
					if (k == key || (k != null && !this.identity && key.equals(k))) {
						if (e instanceof Claim found) {
							claim = found;
							break;
						}
						old = weakKeys ? e.value() : e.get();
						if (old == null || (expected != null && expected != old && !expected.equals(old))) {
							return null;
						}
						if (replacement != null) {
							store(bins, i, pred, e, key, old, replacement);
						}
						else {
							link(bins, i, pred, e.next);
						}
						break;
					}
				}
			}
			if (claim != null) {
				claim.await();
				bins = this.table;
				continue;
			}
			if (old != null && replacement == null) {
				this.count.decrement();
			}
			Reference.reachabilityFence(key);
			Reference.reachabilityFence(replacement);
			return value(old);
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
		int h = entry.hash;
		@Nullable Node[] bins = this.table;
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				return null;
			}
			if (head instanceof Forward forward) {
				bins = follow(forward);
				continue;
			}
			Claim claim = null;
			Node result = null;
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = null;
				Node e = head;
				while (e != null && e != entry) {
					pred = e;
					e = e.next;
				}
				if (e == null || (this.weakKeys && e.strong != value)) {
					return null;
				}
				if (pred instanceof Claim found && found.prior == e) {
					claim = found;
				}
				else if (replacement == null || key == null) {
					link(bins, i, pred, e.next);
					result = e;
				}
				else {
					store(bins, i, pred, e, key, value, replacement);
					result = (pred != null) ? pred.next : at(bins, i);
				}
			}
			if (claim != null) {
				claim.await();
				bins = this.table;
				continue;
			}
			if (replacement == null) {
				this.count.decrement();
			}
			Reference.reachabilityFence(replacement);
			return result;
		}
	}

	// Computing

	/**
	 * Compute the value of an absent key. The function runs without a lock, at most once.
	 * @return the live value that was there, or what the function returned
	 */
	@Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
		Claim claim = new Claim(hash(key), key);
		V present = claim(claim, key, true);
		if (present != null) {
			return present;
		}
		V value = null;
		try {
			value = function.apply(key);
		}
		finally {
			complete(claim, key, value, false);
		}
		return value;
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
		Claim claim = new Claim(hash(key), key);
		claim(claim, key, false);
		V old = value(claim.priorValue);
		if (onlyIfPresent && old == null) {
			complete(claim, key, null, false);
			return null;
		}
		V value = null;
		boolean completed = false;
		try {
			value = function.apply(key, old);
			completed = true;
		}
		finally {
			complete(claim, key, value, completed && value == null);
		}
		return value;
	}

	/**
	 * Reserve a key, or find that it has a live value.
	 * @param onlyIfAbsent whether a live value is returned rather than claimed
	 * @return the live value that was found; {@code null} if the claim is in place
	 */
	private @Nullable V claim(Claim claim, Object key, boolean onlyIfAbsent) {
		int h = claim.hash & Node.HASH_BITS;
		@Nullable Node[] bins = this.table;
		while (true) {
			int i = h & (bins.length - 1);
			Node head = at(bins, i);
			if (head == null) {
				if (fill(bins, i, claim)) {
					return null;
				}
				continue;
			}
			if (head instanceof Forward forward) {
				bins = follow(forward);
				continue;
			}
			Claim other = null;
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = null;
				Node e = head;
				while (e != null && ((e.hash & Node.HASH_BITS) != h || !isKey(e, key))) {
					pred = e;
					e = e.next;
				}
				if (e == null) {
					link(bins, i, pred, claim);
				}
				else if (e instanceof Claim found) {
					other = found;
				}
				else {
					Object k = keyOf(e);
					Object old = valueOf(e);
					if (old != null && k != null) {
						if (onlyIfAbsent) {
							return value(old);
						}
						claim.prior = e;
						claim.priorKey = k;
						claim.priorValue = old;
						claim.nextPlain(e);
					}
					else {
						claim.nextPlain(e.next);
						buried(1);
					}
					link(bins, i, pred, claim);
				}
			}
			if (other == null) {
				return null;
			}
			other.await();
			bins = this.table;
		}
	}

	/**
	 * End a claim: store the value, remove the entry, or leave everything as it was.
	 * @param value the value to store, {@code null} for none
	 * @param remove whether the entry is removed where there is no value to store
	 */
	private void complete(Claim claim, Object key, @Nullable Object value, boolean remove) {
		Node fresh = null;
		OutOfMemoryError failure = null;
		Node prior = claim.prior;
		if (value != null && !(this.weakKeys && prior != null && !this.newestKey)) {
			try {
				Object kept = this.weakKeys ? null : claim.priorKey;
				fresh = node(claim.hash & Node.HASH_BITS, (kept != null) ? kept : key, value);
			}
			catch (OutOfMemoryError ex) {
				value = null;
				remove = false;
				failure = ex;
			}
		}
		@Nullable Node[] bins = this.table;
		int change = 0;
		while (true) {
			int i = claim.hash & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof Forward forward) {
				forward.awaitMoved();
				bins = forward.to;
				continue;
			}
			if (head == null) {
				throw new AssertionError("A claim is never unlinked by others");
			}
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				Node pred = null;
				for (Node e = head; e != claim; e = e.next) {
					if (e == null) {
						throw new AssertionError("A claim is never unlinked by others");
					}
					pred = e;
				}
				Node rest = claim.next;
				if (fresh != null) {
					fresh.nextPlain((prior != null) ? prior.next : rest);
					link(bins, i, pred, fresh);
					change = (prior != null) ? 0 : 1;
				}
				else if (prior != null && remove) {
					link(bins, i, pred, prior.next);
					change = -1;
				}
				else {
					if (prior != null && value != null) {
						prior.value(value);
					}
					link(bins, i, pred, rest);
				}
				break;
			}
		}
		Reference.reachabilityFence(claim);
		claim.release();
		if (change > 0) {
			inserted(bins, true);
		}
		else if (change < 0) {
			this.count.decrement();
		}
		Reference.reachabilityFence(key);
		Reference.reachabilityFence(value);
		if (failure != null) {
			throw failure;
		}
	}

	// Counting

	/** An entry was added. {@code collided} if its bin had others. */
	private void inserted(@Nullable Node[] bins, boolean collided) {
		this.count.increment();
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
	}

	private void growIfFull(@Nullable Node[] bins) {
		long entries = this.count.sum();
		if (entries * MIN_BINS_PER_ENTRY > bins.length && entries > this.growthBarrier && bins.length < MAX_BINS) {
			resize(bins, bins.length << 1, entries);
		}
	}

	/** Dead entries were unlinked: first they count as purged, then the size falls. */
	private void buried(int entries) {
		purged(entries);
		this.count.add(-entries);
	}

	private void purged(int entries) {
		PURGED.getAndAdd(this, (long) entries);
		this.cleaner.purged(entries);
	}

	/** The number of linked entries, dead ones included. */
	int size() {
		return (int) Math.max(0, Math.min(Integer.MAX_VALUE, this.count.sum()));
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
			long suspects = suspects(bins, i, Math.min(end - i, Long.SIZE));
			for (; suspects != 0; suspects &= suspects - 1) {
				dead += sweepBin(bins, bins.length - 1, i + Long.numberOfTrailingZeros(suspects));
			}
		}
		if (dead > 0) {
			buried(dead);
		}
		return dead;
	}

	/**
	 * Look at some bins without a lock, whose fence would have the nodes of each bin
	 * loaded only after those of the one before.
	 * @return a bit for each bin that has a dead node or forwards
	 */
	private static long suspects(@Nullable Node[] bins, int from, int count) {
		long suspects = 0;
		for (int i = 0; i < count; i++) {
			Node e = at(bins, from + i);
			while (e != null && !e.isDead()) {
				e = e.next;
			}
			if (e != null || at(bins, from + i) instanceof Forward) {
				suspects |= 1L << i;
			}
		}
		return suspects;
	}

	/** Sweep the bins that hold the hashes whose bits under a mask are those wanted. */
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
			if (head instanceof Forward forward) {
				bins = leave(bins, forward);
				continue;
			}
			Node e = head;
			while (e != null && !e.isDead()) {
				e = e.next;
			}
			if (head == null || e == null) {
				if (at(bins, i) instanceof Forward) {
					continue;
				}
				return 0;
			}
			synchronized (head) {
				if (at(bins, i) == head) {
					return unlinkDead(bins, i, head);
				}
			}
		}
	}

	/** Under the lock of the bin. */
	private static int unlinkDead(@Nullable Node[] bins, int i, Node head) {
		int dead = 0;
		Node first = head;
		while (first != null && first.isDead()) {
			dead++;
			first = first.next;
		}
		Node pred = first;
		while (pred != null) {
			Node e = pred.next;
			if (e != null && e.isDead()) {
				dead++;
				pred.next(e.next);
			}
			else {
				pred = e;
			}
		}
		if (first != head) {
			set(bins, i, first);
		}
		return dead;
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

	/** Remove every entry, bin by bin. */
	void clear() {
		@Nullable Node[] bins = this.table;
		for (int i = 0; i < bins.length; i++) {
			clearBin(bins, bins.length - 1, i);
		}
		settle();
	}

	/** Clear the bins that hold the hashes whose bits under a mask are those wanted. */
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
			if (head instanceof Forward forward) {
				bins = leave(bins, forward);
				continue;
			}
			Claim claim = null;
			int removed = 0;
			int dead = 0;
			synchronized (head) {
				if (at(bins, i) != head) {
					continue;
				}
				for (Node e = head; e != null && claim == null; e = e.next) {
					claim = (e instanceof Claim found && found.prior != null) ? found : null;
				}
				if (claim == null) {
					Node first = null;
					Node last = null;
					for (Node e = head; e != null; e = e.next) {
						if (e instanceof Claim) {
							if (last == null) {
								first = e;
							}
							else {
								last.next(e);
							}
							last = e;
						}
						else {
							dead += e.isDead() ? 1 : 0;
							removed++;
						}
					}
					if (last != null) {
						last.next(null);
					}
					set(bins, i, first);
				}
			}
			if (claim == null) {
				purged(dead);
				this.count.add(-removed);
				return;
			}
			claim.await();
		}
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
		if (transfer != null && move(transfer, FIRST_BINS) && !this.cleaner.settleSoon(this)) {
			settle();
		}
	}

	private void help(Transfer transfer) {
		move(transfer, HELP_BINS);
	}

	/** Go to where the nodes of a bin went, and help to move the others. */
	private @Nullable Node[] follow(Forward forward) {
		forward.awaitMoved();
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
	@Nullable Node[] leave(@Nullable Node[] bins, Forward forward) {
		forward.awaitMoved();
		@Nullable Node[] current = this.table;
		return (current != bins) ? current : forward.to;
	}

	@Override
	public void settle() {
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
		int size = size();
		int enough = Math.max(this.minimumBins, binsFor(3L * size / 2));
		if (enough <= bins.length >>> 2 || (size == 0 && enough < bins.length)) {
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
		try {
			for (int i = 0; i < most; i++) {
				int bin = transfer.next.get();
				more = bin < length;
				if (!more) {
					break;
				}
				if (transfer.next.compareAndSet(bin, bin + 1) && moveBin(transfer, bin)) {
					moved++;
				}
			}
		}
		catch (OutOfMemoryError ex) {
			// That bin is as it was: somebody takes it up again.
			transfer.next.set(0);
			more = false;
		}
		if (moved > 0 && transfer.moved.addAndGet(moved) == length) {
			this.table = transfer.to;
			this.transfer = null;
			this.resizing = false;
			more = false;
		}
		return more;
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
			if (head instanceof Forward) {
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
			set(to, (low == 0) ? i + bit : i, head);
			set(from, i, transfer.forward);
			return;
		}
		Node[] nodes = new Node[low + high];
		int n = 0;
		for (Node e = head; e != null; e = e.next) {
			nodes[n++] = e;
		}
		Forward moving = new Forward(to, nodes);
		synchronized (moving) {
			set(from, i, moving);
			set(to, i, relink(nodes, bit, 0));
			set(to, i + bit, relink(nodes, bit, bit));
			set(from, i, transfer.forward);
		}
	}

	/** Chain those nodes whose hash has the wanted bit, in their order. */
	private static @Nullable Node relink(Node[] nodes, int bit, int wanted) {
		Node first = null;
		Node last = null;
		for (Node e : nodes) {
			if ((e.hash & bit) == wanted) {
				if (last == null) {
					first = e;
				}
				else if (last.next != e) {
					last.next(e);
				}
				last = e;
			}
		}
		if (last != null && last.next != null) {
			last.next(null);
		}
		return first;
	}

	/** Under the lock of the bin: append its nodes to their bin of a smaller array. */
	private static void append(Transfer transfer, int i, Node head) {
		@Nullable Node[] to = transfer.to;
		int j = i & (to.length - 1);
		while (true) {
			Node present = at(to, j);
			if (present == null) {
				// From here on the head is locked in the new bin, too.
				if (fill(to, j, head)) {
					set(transfer.from, i, transfer.forward);
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
					last.next(head);
					set(transfer.from, i, transfer.forward);
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
		while (true) {
			int i = dead.hash & (bins.length - 1);
			Node head = at(bins, i);
			if (head instanceof Forward forward) {
				bins = leave(bins, forward);
				continue;
			}
			for (Node e = head; e != null; e = e.next) {
				if (e == dead) {
					return null;
				}
				if (e.hash == dead.hash && isKey(e, key)) {
					return e;
				}
			}
			if (!(at(bins, i) instanceof Forward)) {
				return null;
			}
		}
	}

	/** The live key of a node, {@code null} if it was weak and has died. */
	@Nullable K keyIn(Node e) {
		return key(keyOf(e));
	}

	/** The live value of a node, {@code null} if it was weak and has died. */
	@Nullable V valueIn(Node e) {
		return value(valueOf(e));
	}

}
