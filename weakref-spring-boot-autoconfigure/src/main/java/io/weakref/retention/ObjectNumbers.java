package io.weakref.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Numbers the objects of a heap from zero. Object ids are addresses, so a bitmap of the
 * heap has one bit for each eight bytes, and the number of an object is the count of the
 * bits that are set before its own. That takes two hundredths of the heap's size,
 * whatever the order of the objects, whereas a sorted array would take eight bytes for
 * each object. The bitmap is divided into chunks, because a heap may be spread over far
 * more addresses than it has bytes.
 */
final class ObjectNumbers {

	private static final int ALIGNMENT_BITS = 3;

	private static final int CHUNK_BITS = 15;

	private static final int SLOTS = 1 << CHUNK_BITS;

	/** The index of each chunk, by the upper bits of its addresses. */
	private final LongTable index = new LongTable();

	private final List<Chunk> chunks = new ArrayList<>();

	/** Zero if the ids are not aligned addresses. */
	private final int shift;

	private Chunk[] byIndex = new Chunk[0];

	private Chunk last = new Chunk(-1);

	private long size;

	ObjectNumbers(boolean aligned) {
		this.shift = aligned ? ALIGNMENT_BITS : 0;
	}

	/** Return whether an id can be represented. */
	boolean accepts(long id) {
		return (id & ((1L << this.shift) - 1)) == 0;
	}

	void add(long id) {
		long slot = id >>> this.shift;
		long key = slot >>> CHUNK_BITS;
		if (this.last.key != key) {
			long i = this.index.get(key);
			if (i == LongTable.ABSENT) {
				i = this.chunks.size();
				this.index.put(key, i);
				this.chunks.add(new Chunk(key));
			}
			this.last = this.chunks.get((int) i);
		}
		if (this.last.add((int) (slot & (SLOTS - 1)))) {
			this.size++;
		}
	}

	/** Count the bits. From now on objects have numbers, and no more may be added. */
	void number() {
		if (this.size > Integer.MAX_VALUE - 64) {
			throw new RetentionException(
					"The heap dump has %d objects, which is more than the 2 billion that can be read."
						.formatted(this.size));
		}
		this.byIndex = this.chunks.toArray(Chunk[]::new);
		this.chunks.sort(Comparator.comparingLong((chunk) -> chunk.key));
		int before = 0;
		for (Chunk chunk : this.chunks) {
			before = chunk.count(before);
		}
		this.chunks.clear();
	}

	int size() {
		return (int) this.size;
	}

	/**
	 * Return the number of an object.
	 * @param id the id of the object
	 * @return its number, or -1 if the dump has no such object
	 */
	int number(long id) {
		if (!accepts(id)) {
			return -1;
		}
		long slot = id >>> this.shift;
		long i = this.index.get(slot >>> CHUNK_BITS);
		return (i == LongTable.ABSENT) ? -1 : this.byIndex[(int) i].number((int) (slot & (SLOTS - 1)));
	}

	static final class Chunk {

		private final long key;

		private final long[] bits = new long[SLOTS / Long.SIZE];

		/** The number of bits of this chunk that are set before each long. */
		private final char[] before = new char[SLOTS / Long.SIZE];

		private int base;

		Chunk(long key) {
			this.key = key;
		}

		boolean add(int slot) {
			long bit = 1L << slot;
			boolean added = (this.bits[slot >>> 6] & bit) == 0;
			this.bits[slot >>> 6] |= bit;
			return added;
		}

		int count(int base) {
			this.base = base;
			int count = 0;
			for (int i = 0; i < this.bits.length; i++) {
				this.before[i] = (char) count;
				count += Long.bitCount(this.bits[i]);
			}
			return base + count;
		}

		int number(int slot) {
			long word = this.bits[slot >>> 6];
			long bit = 1L << slot;
			return ((word & bit) == 0) ? -1 : this.base + this.before[slot >>> 6] + Long.bitCount(word & (bit - 1));
		}

	}

}
