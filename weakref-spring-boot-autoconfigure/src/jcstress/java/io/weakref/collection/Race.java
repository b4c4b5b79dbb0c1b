package io.weakref.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * A table for a race of two threads. The values are static, so they stay alive;
 * {@code die} does what the garbage collector does. No drain thread interferes.
 */
class Race {

	static final int MISS = -1;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	private static final Integer KEY = 1;

	/** A key that precedes {@link #KEY} in the same bin. */
	private static final Integer NEIGHBOUR = 17;

	static final Value[] VALUES = new Value[4];

	static final List<Value> FILLERS = new ArrayList<>();

	private static final VarHandle TRANSFER;

	private static final VarHandle RESIZING;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(WeakTable.class, MethodHandles.lookup());
			TRANSFER = lookup.findVarHandle(WeakTable.class, "transfer", Transfer.class);
			RESIZING = lookup.findVarHandle(WeakTable.class, "resizing", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
		CLOSED.close();
		for (int i = 0; i < VALUES.length; i++) {
			VALUES[i] = new Value(i);
		}
		for (int i = 0; i < 64; i++) {
			FILLERS.add(new Value(100 + i));
		}
	}

	final WeakTable<Object, Value> table;

	private final Object key;

	Race() {
		this(KEY);
	}

	Race(Object key) {
		this(key, false);
	}

	/** Create a race with weak keys, which are small integers that the JVM holds. */
	Race(boolean weakKeys) {
		this(KEY, weakKeys);
	}

	private Race(Object key, boolean weakKeys) {
		this.key = key;
		this.table = new WeakTable<>("jcstress", weakKeys, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0, CLOSED);
		this.table.put(NEIGHBOUR, VALUES[3], false);
	}

	/** Fill the table so that the next collision makes it grow. */
	final void fill() {
		for (int i = 0; i < 7; i++) {
			this.table.put(100 + i, FILLERS.get(i), false);
		}
	}

	/**
	 * Begin to move the bins to a larger array, as a thread does that then fails before
	 * it has moved one.
	 */
	final void beginMoveAndFail() {
		Node[] from = this.table.currentBins();
		Transfer transfer = new Transfer(from, new Node[2 * from.length]);
		transfer.failed = true;
		RESIZING.setVolatile(this.table, true);
		TRANSFER.setVolatile(this.table, transfer);
	}

	/** Fill a table that has grown, until it grows again. */
	final void growAgain() {
		for (int i = 7; i < 20; i++) {
			this.table.put(100 + i, FILLERS.get(i), false);
		}
		grow();
	}

	/** Insert a colliding key in a table that has grown. */
	final void putAnother() {
		this.table.put(65, FILLERS.get(62), false);
	}

	/** Fill and empty the table, so that it is larger than necessary. */
	final void empty() {
		for (int i = 0; i < 64; i++) {
			this.table.put(100 + i, FILLERS.get(i), false);
		}
		for (int i = 0; i < 64; i++) {
			this.table.replace(100 + i, null, null);
		}
	}

	final int get() {
		return number(this.table.get(this.key));
	}

	final int put(int value) {
		return number(this.table.put(this.key, VALUES[value], false));
	}

	final int remove() {
		return number(this.table.replace(this.key, null, null));
	}

	final int computeIfAbsent(int value) {
		return computeIfAbsent(value, () -> {
		});
	}

	final int computeIfAbsent(int value, Runnable meanwhile) {
		return number(this.table.computeIfAbsent(this.key, (k) -> {
			meanwhile.run();
			return VALUES[value];
		}));
	}

	final int add(int value) {
		return number(this.table.compute(this.key, false,
				(k, old) -> VALUES[(old != null) ? old.number + value : value]));
	}

	/** Insert a colliding key, which makes a full table grow. */
	final void grow() {
		this.table.put(33, FILLERS.get(63), false);
	}

	/** Move all bins that are still to be moved. */
	final void settle() {
		this.table.settle();
	}

	/** Sweep, which makes a nearly empty table shrink. */
	final void purge() {
		this.table.purge();
	}

	/** Count lookups that find nothing. */
	final void countMisses() {
		this.table.recordLostIn(new LostKeys(System::nanoTime));
	}

	/** Count a lookup that has found nothing, which unlinks the entry if it is dead. */
	final void miss() {
		this.table.missed(this.key);
	}

	final void die(int value) {
		this.table.forEachEntry(VALUES[value], WeakReference::clear);
	}

	/**
	 * Replace a value, and let the one that was replaced die while another thread may
	 * still meet its node.
	 */
	final int putAndLetDie(int value, int replaced) {
		List<WeakReference<?>> nodes = new ArrayList<>(1);
		this.table.forEachEntry(VALUES[replaced], nodes::add);
		int old = put(value);
		nodes.forEach(WeakReference::clear);
		return old;
	}

	final void clear() {
		this.table.clear();
	}

	final int size() {
		return this.table.size();
	}

	/** The counted size, which includes dead entries even if there are few entries. */
	final int linked() {
		return (int) this.table.entries();
	}

	private static int number(@Nullable Value value) {
		return (value != null) ? value.number : MISS;
	}

	static final class Value {

		final int number;

		Value(int number) {
			this.number = number;
		}

	}

}
