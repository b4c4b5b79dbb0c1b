package io.weakref.collection;

/**
 * A race on one of several keys that have one hash and compare to each other.
 */
class OrderedRace extends Race {

	/** In the bin of the ordered keys in a small table, in another one in a large. */
	private static final Integer ELSEWHERE = 1;

	private static final int HASH = 1 + 128;

	/** In their bin, however large the table is, before them. */
	private static final Integer FIRST = HASH + 256;

	/** As many as are ordered, with the key of the race. */
	static final int ENOUGH = OrderedNodes.THRESHOLD;

	OrderedRace() {
		super(new Ordered(0));
		this.table.put(FIRST, VALUES[3], false);
	}

	/** Put other keys of the hash. */
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
