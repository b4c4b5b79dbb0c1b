package io.weakref.collection;

/**
 * A race on one of several keys that have the same hash and are comparable to each other.
 */
class OrderedRace extends Race {

	/**
	 * A key in the bin of the ordered keys if the table is small, and in another bin if it
	 * is large.
	 */
	private static final Integer ELSEWHERE = 1;

	private static final int HASH = 1 + 128;

	/** A key that precedes the ordered keys in their bin, however large the table is. */
	private static final Integer FIRST = HASH + 256;

	/** With this many other keys besides the key of the race, they are ordered. */
	static final int ENOUGH = OrderedNodes.THRESHOLD;

	OrderedRace() {
		super(new Ordered(0));
		this.table.put(FIRST, VALUES[3], false);
	}

	/** Put other keys with the same hash. */
	final void putOthers(int count) {
		for (int i = 1; i <= count; i++) {
			putOther(i);
		}
	}

	final void putOther(int number) {
		this.table.put(new Ordered(number), FILLERS.get(number), false);
	}

	final void putElsewhere() {
		this.table.put(ELSEWHERE, VALUES[3], false);
	}

	final int getElsewhere() {
		Value value = this.table.get(ELSEWHERE);
		return (value != null) ? value.number : MISS;
	}

	final int liveCount() {
		return this.table.liveCount();
	}

	private record Ordered(int number) implements Comparable<Ordered> {

		@Override
		public int compareTo(Ordered other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public int hashCode() {
			return HASH;
		}

	}

}
