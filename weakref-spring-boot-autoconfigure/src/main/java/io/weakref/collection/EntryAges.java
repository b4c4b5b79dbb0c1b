package io.weakref.collection;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A sample of the entries of one table, with the number of old garbage collections there
 * had been when each was first seen.
 * <p>
 * Refers to no node: a young collection of generational ZGC would follow the reference,
 * and the referent of a node that was unlinked would outlive those of the other nodes. An
 * entry is known by the hash of its key, which finds its bin in any array, and by the
 * identity hash code of its node: what takes the place of an entry that has died is
 * another one. Referents are asked and never read, as in a sweep.
 * <p>
 * For one thread; {@link #figures()} for any.
 */
final class EntryAges {

	/** How many entries are remembered. */
	static final int SAMPLE = 256;

	/** In a table of so many bins at most, each is looked at for entries to remember. */
	private static final int FEW_BINS = 1024;

	/** In a larger one, so many of each of {@value #SAMPLE} parts. */
	private static final int BINS_OF_PART = 16;

	private static final int MANY_ENTRIES = 1000;

	private static final int MANY_COLLECTIONS = 5;

	/** Spreads successive numbers: the golden ratio. */
	private static final int SPREAD = 0x9E3779B9;

	/** The hash of the key, and the identity hash code of the node in the lower half. */
	private long[] entries = new long[0];

	private int[] firstSeen = new int[0];

	/** Whether the table holds the value itself. */
	private boolean[] held = new boolean[0];

	private int size;

	/** The number of entries of the table that the sample was drawn from. */
	private long drawnFrom;

	private long purged;

	/** When an entry has died last, or the table had too few to speak of. */
	private int unchangedSince;

	private volatile WeakAges figures = WeakAges.NONE;

	EntryAges(int oldCollections) {
		this.unchangedSince = oldCollections;
	}

	WeakAges figures() {
		return this.figures;
	}

	/**
	 * Forget the entries that are gone, and remember others in their place.
	 * @param table the table
	 * @param oldCollections how many old garbage collections there have been
	 */
	void update(WeakTable<?, ?> table, int oldCollections) {
		long present = table.entries();
		keepThoseThere(table);
		this.drawnFrom = Math.min(this.drawnFrom, present);
		if (present > 2 * this.drawnFrom) {
			// A sample of the entries of long ago says nothing about the others.
			keepEverySecond();
			this.drawnFrom = present;
		}
		draw(table.currentBins(), (int) Math.min(SAMPLE, present), oldCollections);
		long purged = table.purgedCount();
		if (purged != this.purged || present - table.heldCount() < MANY_ENTRIES) {
			this.purged = purged;
			this.unchangedSince = oldCollections;
		}
		boolean neverShrinks = oldCollections - this.unchangedSince >= MANY_COLLECTIONS && areMostOld(oldCollections);
		this.figures = new WeakAges(this.size, outlived(1, oldCollections), outlived(5, oldCollections),
				outlived(20, oldCollections), neverShrinks);
	}

	/** Of those that somebody else must hold. */
	private boolean areMostOld(int oldCollections) {
		int old = 0;
		int weak = 0;
		for (int i = 0; i < this.size; i++) {
			if (!this.held[i]) {
				weak++;
				old += (oldCollections - this.firstSeen[i] >= MANY_COLLECTIONS) ? 1 : 0;
			}
		}
		return 2 * old >= weak;
	}

	private int outlived(int age, int oldCollections) {
		int outlived = 0;
		for (int i = 0; i < this.size; i++) {
			outlived += (oldCollections - this.firstSeen[i] >= age) ? 1 : 0;
		}
		return outlived;
	}

	private void keepThoseThere(WeakTable<?, ?> table) {
		int kept = 0;
		for (int i = 0; i < this.size; i++) {
			Node node = find(table, (int) (this.entries[i] >>> Integer.SIZE), (int) this.entries[i]);
			if (node != null && !node.isDead()) {
				this.held[i] = isHeld(node);
				keep(i, kept++);
			}
		}
		this.size = kept;
	}

	private void keepEverySecond() {
		int kept = 0;
		for (int i = 0; i < this.size; i += 2) {
			keep(i, kept++);
		}
		this.size = kept;
	}

	private void keep(int from, int to) {
		this.entries[to] = this.entries[from];
		this.firstSeen[to] = this.firstSeen[from];
		this.held[to] = this.held[from];
	}

	private static boolean isHeld(Node node) {
		return node instanceof HoldNode hold && hold.isHeld();
	}

	private static @Nullable Node find(WeakTable<?, ?> table, int hash, int identity) {
		@Nullable Node[] bins = table.currentBins();
		search: while (true) {
			int i = hash & (bins.length - 1);
			Node head = WeakTable.at(bins, i);
			if (head instanceof ForwardingNode forward) {
				bins = table.skipToCurrent(bins, i, forward);
				continue;
			}
			Node next;
			for (Node e = head; e != null; e = next) {
				Node ordered = (e instanceof OrderedNodes group) ? findAmong(group, hash, identity) : null;
				if (ordered != null) {
					return ordered;
				}
				if (e.hash == hash && System.identityHashCode(e) == identity) {
					return e;
				}
				next = e.next;
				if (next == e) {
					continue search;
				}
			}
			if (!(WeakTable.at(bins, i) instanceof ForwardingNode)) {
				return null;
			}
		}
	}

	private static @Nullable Node findAmong(OrderedNodes ordered, int hash, int identity) {
		if ((ordered.hash & Node.HASH_BITS) != hash) {
			return null;
		}
		for (Node[] chunk : ordered.chunks()) {
			for (Node node : chunk) {
				Node entry = (node instanceof ReservationNode reservation) ? reservation.prior : node;
				if (entry != null && System.identityHashCode(entry) == identity) {
					return entry;
				}
			}
		}
		return null;
	}

	/** Remember entries of all parts of the table; a bin that moves is passed over. */
	private void draw(@Nullable Node[] bins, int wanted, int oldCollections) {
		if (wanted > this.entries.length) {
			this.entries = Arrays.copyOf(this.entries, wanted);
			this.firstSeen = Arrays.copyOf(this.firstSeen, wanted);
			this.held = Arrays.copyOf(this.held, wanted);
		}
		int parts = Math.min(bins.length, SAMPLE);
		int width = bins.length / parts;
		boolean few = bins.length <= FEW_BINS;
		int start = oldCollections * SPREAD;
		for (int part = 0; part < parts && this.size < wanted; part++) {
			int first = ((start + part) & (parts - 1)) * width;
			int from = few ? first : first + ((start >>> Byte.SIZE) & (width - 1));
			int end = Math.min(from + BINS_OF_PART, first + width);
			int most = few ? wanted : this.size + 1;
			for (int i = from; i < end && this.size < most; i++) {
				drawFrom(WeakTable.at(bins, i), most, oldCollections);
			}
		}
	}

	private void drawFrom(@Nullable Node head, int most, int oldCollections) {
		Node e = head;
		while (e != null && this.size < most) {
			if (e.hash >= 0 && !e.isDead() && !isRemembered(e.hash)) {
				this.entries[this.size] = ((long) e.hash << Integer.SIZE)
						| Integer.toUnsignedLong(System.identityHashCode(e));
				this.held[this.size] = isHeld(e);
				this.firstSeen[this.size++] = oldCollections;
			}
			Node next = e.next;
			e = (next != e) ? next : null;
		}
	}

	private boolean isRemembered(int hash) {
		for (int i = 0; i < this.size; i++) {
			if ((int) (this.entries[i] >>> Integer.SIZE) == hash) {
				return true;
			}
		}
		return false;
	}

}
