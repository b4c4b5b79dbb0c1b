package io.weakref.retention;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * The live entries of the weak collections with one name: their number, and a uniform
 * random sample of them.
 */
final class WeakEntries {

	static final int SAMPLE = 1000;

	private final HeapDump dump;

	private final BitSet tables = new BitSet();

	private final BitSet nodes = new BitSet();

	private final List<Entry> sample = new ArrayList<>();

	/** Has a fixed seed, so that two runs on one dump give the same report. */
	private final Random random = new Random(42);

	private int live;

	private WeakEntries(HeapDump dump) {
		this.dump = dump;
	}

	/**
	 * Find the entries of a collection.
	 * @param dump the dump
	 * @param name the name of the collection
	 * @return its entries
	 * @throws RetentionException if there is no such collection
	 */
	static WeakEntries find(HeapDump dump, String name) {
		WeakEntries entries = new WeakEntries(dump);
		for (int table : dump.tables()) {
			long id = dump.reference(table, WeakTableNames.TABLE, WeakTableNames.TABLE_NAME);
			if (name.equals(dump.string(id, name.length()))) {
				entries.addTable(table);
			}
		}
		if (entries.tables.isEmpty()) {
			throw new RetentionException("%s has no weak collection named '%s'.".formatted(dump.file().name(), name));
		}
		return entries;
	}

	private void addTable(int table) {
		this.tables.set(table);
		boolean weakKeys = this.dump.number(table, WeakTableNames.TABLE, WeakTableNames.TABLE_WEAK_KEYS) != 0;
		int bins = this.dump.number(this.dump.reference(table, WeakTableNames.TABLE, WeakTableNames.TABLE_BINS));
		if (bins < 0 || this.dump.instanceClass(bins) != null) {
			throw new RetentionException(
					"%s was written by an application with another version of this library, whose tables this version cannot read."
						.formatted(this.dump.file().name()));
		}
		Deque<Integer> arrays = new ArrayDeque<>(List.of(bins));
		BitSet seen = new BitSet();
		seen.set(bins);
		while (!arrays.isEmpty()) {
			long array = this.dump.position(arrays.pop());
			if (this.dump.file().byte1(array) != HeapFormat.OBJECT_ARRAY_DUMP) {
				continue;
			}
			long elements = this.dump.arrayElements(array);
			int length = this.dump.arrayLength(array);
			for (int i = 0; i < length; i++) {
				long id = this.dump.file().id(elements + (long) i * this.dump.idSize());
				if (id != 0) {
					addBin(this.dump.number(id), weakKeys, arrays, seen);
				}
			}
		}
	}

	private void addBin(int head, boolean weakKeys, Deque<Integer> arrays, BitSet seen) {
		int node = head;
		while (node >= 0 && !this.nodes.get(node)) {
			this.nodes.set(node);
			HeapClass type = this.dump.instanceClass(node);
			if (type == null || !type.isA(WeakTableNames.NODE)) {
				return;
			}
			long referent = this.dump.reference(node, JavaNames.REFERENCE, JavaNames.REFERENT);
			int object = this.dump.number(referent);
			if (object >= 0) {
				add(new Entry(node, object, weakKeys));
			}
			else if (!type.name().equals(WeakTableNames.NODE)) {
				addArrays(node, type, arrays, seen);
			}
			node = this.dump.number(this.dump.reference(node, WeakTableNames.NODE, WeakTableNames.NODE_NEXT));
		}
	}

	/** Add the arrays of nodes that a forwarding node refers to. */
	private void addArrays(int node, HeapClass type, Deque<Integer> arrays, BitSet seen) {
		long fields = this.dump.instanceFields(this.dump.position(node));
		for (int offset : type.strongOffsets()) {
			int array = this.dump.number(this.dump.file().id(fields + offset));
			if (array >= 0 && !seen.get(array) && WeakTableNames.NODE.equals(this.dump.elementClass(array))) {
				seen.set(array);
				arrays.add(array);
			}
		}
	}

	private void add(Entry entry) {
		this.live++;
		if (this.sample.size() < SAMPLE) {
			this.sample.add(entry);
			return;
		}
		int i = this.random.nextInt(this.live);
		if (i < SAMPLE) {
			this.sample.set(i, entry);
		}
	}

	int live() {
		return this.live;
	}

	List<Entry> sample() {
		return this.sample;
	}

	/** Return whether an object is a node of one of the tables. */
	boolean isNode(int object) {
		return this.nodes.get(object);
	}

	boolean isTable(int object) {
		return this.tables.get(object);
	}

	/**
	 * A live entry.
	 *
	 * @param node its node
	 * @param referent its weak side
	 * @param weakKey whether the weak side is the key
	 */
	record Entry(int node, int referent, boolean weakKey) {
	}

}
