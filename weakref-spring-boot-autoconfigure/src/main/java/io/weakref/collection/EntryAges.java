package io.weakref.collection;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A sample of the entries of one table, each with the count of old garbage collections at
 * the time when it was first seen.
 * <p>
 * Refers to no node: a young garbage collection of generational ZGC would follow the
 * reference, and the referent of a node that was unlinked would live longer than those of
 * other nodes. An entry is identified by the hash of its key, which leads to its bin in
 * any array, and by the identity hash code of its node, because a node that replaces that
 * of a dead entry is a different entry. Referents are tested with {@code refersTo} and
 * never read, as in a sweep.
 * <p>
 * Used by one thread, except {@link #figures()}.
 */
final class EntryAges {

	/** The maximum number of entries in the sample. */
	static final int SAMPLE = 256;

	/**
	 * In a table with at most this many bins, every bin is visited to draw the sample.
	 */
	private static final int FEW_BINS = 1024;

	/**
	 * A larger table is divided into {@value #SAMPLE} parts, and this many bins of each
	 * are visited.
	 */
	private static final int BINS_OF_PART = 16;

	private static final int MANY_ENTRIES = 1000;

	private static final int MANY_COLLECTIONS = 5;

	/** Spreads successive numbers (the golden ratio). */
	private static final int SPREAD = 0x9E3779B9;

	/**
	 * For each entry of the sample, the hash of the key in the upper half and the
	 * identity hash code of the node in the lower half.
	 */
	private long[] entries = new long[0];

	private int[] firstSeen = new int[0];

	/** For each entry of the sample, whether the table itself holds the value. */
	private boolean[] held = new boolean[0];

	private int size;

	/** The number of entries of the table that the sample was drawn from. */
	private long drawnFrom;

	private long purged;

	/**
	 * The count of old garbage collections when an entry had last died, or the table had
	 * too few entries to be judged.
	 */
	private int unchangedSince;

	private volatile WeakAges figures = WeakAges.NONE;

	EntryAges(int oldCollections) {
		this.unchangedSince = oldCollections;
	}

	WeakAges figures() {
		return this.figures;
	}

	/**
	 * Drop the entries that are gone from the sample, and draw others in their place.
	 * @param table the table
	 * @param oldCollections the count of old garbage collections so far
	 */
	void update(WeakTable<?, ?> table, int oldCollections) {
		long present = table.entries();
		keepThoseThere(table);
		this.drawnFrom = Math.min(this.drawnFrom, present);
		if (present > 2 * this.drawnFrom) {
			// A sample drawn when the table was much smaller says nothing about newer
			// entries.
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

	/**
	 * Whether most entries of the sample are old, not counting those whose values the
	 * table itself holds.
	 */
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

	/** Draw entries from all parts of the table. A bin that has moved is skipped. */
	private void draw(@Nullable Node[] bins, int wanted, int oldCollections) {
		if (wanted > this.entries.length) {
			// The array whose length is tested comes last, because memory may run out.
			this.held = Arrays.copyOf(this.held, wanted);
			this.firstSeen = Arrays.copyOf(this.firstSeen, wanted);
			this.entries = Arrays.copyOf(this.entries, wanted);
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
