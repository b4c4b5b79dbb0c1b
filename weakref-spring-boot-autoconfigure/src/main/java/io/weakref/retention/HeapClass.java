package io.weakref.retention;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A class of the heap: its name, the fields of its instances in the order of the dump
 * (its own fields before those of its superclass), and which of them hold objects.
 */
final class HeapClass {

	private static final int[] NONE = {};

	private static final int DEEPEST = 10_000;

	private final long id;

	private final String name;

	private final long superId;

	/** The fields that this class declares. */
	private final Field[] declared;

	private final boolean table;

	private @Nullable HeapClass superclass;

	private int[] strongOffsets = NONE;

	private boolean deferred;

	private int instanceSize;

	HeapClass(long id, String name, long superId, Field[] declared) {
		this.id = id;
		this.name = name;
		this.superId = superId;
		this.declared = declared;
		this.table = name.equals(WeakTableNames.TABLE);
	}

	long id() {
		return this.id;
	}

	String name() {
		return this.name;
	}

	long superId() {
		return this.superId;
	}

	@Nullable HeapClass superclass() {
		return this.superclass;
	}

	/** Return whether its instances are the tables of weak collections. */
	boolean isTable() {
		return this.table;
	}

	/**
	 * Return whether its instances are references that hold an object only until the JVM
	 * clears them: soft references when memory runs low, references of finalizers once
	 * those have run.
	 */
	boolean isDeferred() {
		return this.deferred;
	}

	/** Return the offsets of the references in an instance that keep an object alive. */
	int[] strongOffsets() {
		return this.strongOffsets;
	}

	/** Return the size of the fields of an instance in bytes. */
	int instanceSize() {
		return this.instanceSize;
	}

	void superclass(HeapClass superclass) {
		this.superclass = superclass;
	}

	/**
	 * Determine which references hold objects. Called once every superclass is known.
	 * @param idSize the size of an id
	 */
	void link(int idSize) {
		int[] offsets = new int[16];
		int count = 0;
		int offset = 0;
		int depth = 0;
		for (HeapClass type = this; type != null; type = type.superclass) {
			if (++depth > DEEPEST) {
				throw new RetentionException("The heap dump is damaged: a class is its own superclass.");
			}
			boolean reference = type.name.equals(JavaNames.REFERENCE);
			for (Field field : type.declared) {
				if (field.isReference() && !(reference && JavaNames.isWeak(field.name()))) {
					if (count == offsets.length) {
						offsets = Arrays.copyOf(offsets, count * 2);
					}
					offsets[count++] = offset;
				}
				offset += field.size(idSize);
			}
		}
		this.instanceSize = offset;
		// A string refers only to its own characters.
		boolean leaf = count == 0 || this.name.equals(JavaNames.STRING);
		this.strongOffsets = leaf ? NONE : Arrays.copyOf(offsets, count);
		this.deferred = isA(JavaNames.SOFT_REFERENCE) || isA(JavaNames.FINAL_REFERENCE);
	}

	boolean isA(String className) {
		for (HeapClass type = this; type != null; type = type.superclass) {
			if (type.name.equals(className)) {
				return true;
			}
		}
		return false;
	}

	boolean isA(HeapClass other) {
		for (HeapClass type = this; type != null; type = type.superclass) {
			if (type == other) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the offset of a field in an instance.
	 * @param className the class that declares it
	 * @param fieldName the name of the field
	 * @param idSize the size of an id
	 * @return the offset, or -1 if instances have no such field
	 */
	int offset(String className, String fieldName, int idSize) {
		int offset = 0;
		for (HeapClass type = this; type != null; type = type.superclass) {
			for (Field field : type.declared) {
				if (field.name().equals(fieldName) && type.name.equals(className)) {
					return offset;
				}
				offset += field.size(idSize);
			}
		}
		return -1;
	}

	/**
	 * Return the field at an offset with the class that declares it.
	 * @param wanted the offset in an instance
	 * @param idSize the size of an id
	 * @return the field
	 */
	DeclaredField fieldAt(int wanted, int idSize) {
		int offset = 0;
		for (HeapClass type = this; type != null; type = type.superclass) {
			for (Field field : type.declared) {
				if (offset == wanted) {
					return new DeclaredField(type, field.name());
				}
				offset += field.size(idSize);
			}
		}
		throw new IllegalArgumentException("No field at " + wanted);
	}

	/**
	 * A field of instances.
	 *
	 * @param name its name
	 * @param type its type in the numbers of the format
	 */
	record Field(String name, int type) {

		boolean isReference() {
			return this.type == HeapFormat.OBJECT;
		}

		int size(int idSize) {
			return HeapFormat.size(this.type, idSize);
		}

	}

	/**
	 * A field and its class.
	 *
	 * @param declarer the class that declares it
	 * @param name its name
	 */
	record DeclaredField(HeapClass declarer, String name) {

		@Override
		public String toString() {
			return this.declarer.name() + "." + this.name;
		}

	}

}
