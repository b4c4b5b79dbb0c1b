package io.weakref.retention;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * An index of a heap dump, built by reading the file twice from start to end: its
 * classes, roots and threads, a number for each object, and the position of each object
 * in the file. The objects themselves stay in the file. The index takes four bytes and
 * some bits for each object (five in a file beyond 4 GB).
 */
final class HeapDump {

	private static final long PROGRESS_BYTES = 1 << 24;

	private static final String COUNTING = "counting objects";

	private static final String LOCATING = "locating objects";

	private final HeapFile file;

	private final int idSize;

	private final HeapRecords records;

	private final Progress progress;

	private final List<HeapClass> classes = new ArrayList<>();

	/** The index of each class in {@link #classes}, by the id of the class. */
	private final LongTable classIndex = new LongTable();

	private final List<HeapRoot> roots = new ArrayList<>();

	private final Map<Integer, HeapThread> threads = new HashMap<>();

	private final Set<Long> loaders = new HashSet<>();

	private ObjectNumbers numbers = new ObjectNumbers(true);

	/** The position of each object: its lower 32 bits, and in a long file upper bits. */
	private int[] positions = new int[0];

	private byte @Nullable [] upperPositions;

	/** A bit for each object, set if the object holds no other one. */
	private long[] leaves = new long[0];

	/** The tables of weak collections. */
	private final List<Integer> tables = new ArrayList<>();

	private HeapDump(HeapFile file, Progress progress) {
		this.file = file;
		this.idSize = file.idSize();
		this.progress = progress;
		this.records = new HeapRecords(file);
	}

	/**
	 * Read a heap dump.
	 * @param file the file
	 * @param progress is notified of the progress
	 * @return the dump
	 * @throws RetentionException if it is damaged
	 */
	static HeapDump read(HeapFile file, Progress progress) {
		HeapDump dump = new HeapDump(file, progress);
		dump.count();
		dump.linkClasses();
		dump.locate();
		return dump;
	}

	HeapFile file() {
		return this.file;
	}

	int idSize() {
		return this.idSize;
	}

	/** The number of objects. */
	int size() {
		return this.numbers.size();
	}

	List<HeapClass> classes() {
		return this.classes;
	}

	List<HeapRoot> roots() {
		return this.roots;
	}

	@Nullable HeapThread thread(int serial) {
		return this.threads.get(serial);
	}

	HeapRecords records() {
		return this.records;
	}

	/** The tables of all weak collections. */
	List<Integer> tables() {
		return this.tables;
	}

	// The first pass through the file

	private void count() {
		if (!countObjects()) {
			// The ids are not addresses.
			this.numbers = new ObjectNumbers(false);
			this.classes.clear();
			this.roots.clear();
			this.threads.clear();
			this.loaders.clear();
			countObjects();
		}
		this.numbers.number();
	}

	private boolean countObjects() {
		for (HeapRecords.Segment segment : this.records.segments()) {
			long told = segment.start();
			for (long position = segment.start(); position < segment.end();) {
				int tag = this.file.byte1(position);
				long end = end(tag, position);
				if (end > segment.end()) {
					throw new IndexOutOfBoundsException();
				}
				long id = this.file.id(position + 1);
				if (!isObject(tag)) {
					readRoot(tag, id, position + 1 + this.idSize);
				}
				else if (this.numbers.accepts(id)) {
					this.numbers.add(id);
					if (tag == HeapFormat.CLASS_DUMP) {
						readClass(id, position);
					}
				}
				else {
					return false;
				}
				position = end;
				if (position - told > PROGRESS_BYTES) {
					told = position;
					this.progress.report(COUNTING, position, this.file.size());
				}
			}
			this.progress.report(COUNTING, segment.end(), this.file.size());
		}
		return true;
	}

	private static boolean isObject(int tag) {
		return tag >= HeapFormat.CLASS_DUMP && tag <= HeapFormat.PRIMITIVE_ARRAY_DUMP;
	}

	/** Return where the record that starts at a position ends. */
	private long end(int tag, long position) {
		long body = position + 1 + this.idSize;
		// The length comes after the serial number of a stack trace.
		long length = body + Integer.BYTES;
		return switch (tag) {
			case HeapFormat.INSTANCE_DUMP ->
				length + this.idSize + Integer.BYTES + this.file.length(length + this.idSize);
			case HeapFormat.OBJECT_ARRAY_DUMP ->
				length + Integer.BYTES + this.idSize + this.file.length(length) * this.idSize;
			case HeapFormat.PRIMITIVE_ARRAY_DUMP -> length + Integer.BYTES + 1
					+ this.file.length(length) * HeapFormat.size(this.file.byte1(length + Integer.BYTES), this.idSize);
			case HeapFormat.CLASS_DUMP -> classEnd(position);
			case HeapFormat.ROOT_UNKNOWN, HeapFormat.ROOT_STICKY_CLASS, HeapFormat.ROOT_MONITOR_USED -> body;
			case HeapFormat.ROOT_JNI_GLOBAL -> body + this.idSize;
			case HeapFormat.ROOT_NATIVE_STACK, HeapFormat.ROOT_THREAD_BLOCK -> body + Integer.BYTES;
			case HeapFormat.ROOT_JNI_LOCAL, HeapFormat.ROOT_JAVA_FRAME, HeapFormat.ROOT_THREAD_OBJECT ->
				body + 2 * Integer.BYTES;
			default -> throw new RetentionException(
					"%s is damaged or was not written by HotSpot: it contains a record of the unknown kind %d."
						.formatted(this.file.name(), tag));
		};
	}

	/** Return where the constants of a class start. */
	private long constants(long classDump) {
		return classDump + 1 + 7L * this.idSize + 2 * Integer.BYTES;
	}

	private long statics(long classDump) {
		long position = constants(classDump);
		int count = this.file.int2(position);
		position += Short.BYTES;
		for (int i = 0; i < count; i++) {
			position += Short.BYTES;
			position += 1 + HeapFormat.size(this.file.byte1(position), this.idSize);
		}
		return position;
	}

	private long fields(long statics) {
		int count = this.file.int2(statics);
		long position = statics + Short.BYTES;
		for (int i = 0; i < count; i++) {
			position += this.idSize;
			position += 1 + HeapFormat.size(this.file.byte1(position), this.idSize);
		}
		return position;
	}

	private long classEnd(long classDump) {
		long fields = fields(statics(classDump));
		return fields + Short.BYTES + this.file.int2(fields) * (1L + this.idSize);
	}

	private void readRoot(int tag, long id, long position) {
		switch (tag) {
			case HeapFormat.ROOT_UNKNOWN -> this.roots.add(new HeapRoot(HeapRoot.Kind.UNKNOWN, id));
			case HeapFormat.ROOT_MONITOR_USED -> this.roots.add(new HeapRoot(HeapRoot.Kind.MONITOR, id));
			case HeapFormat.ROOT_JNI_GLOBAL -> this.roots.add(new HeapRoot(HeapRoot.Kind.JNI_GLOBAL, id));
			case HeapFormat.ROOT_JNI_LOCAL -> this.roots.add(onStack(HeapRoot.Kind.JNI_LOCAL, id, position));
			case HeapFormat.ROOT_JAVA_FRAME -> this.roots.add(onStack(HeapRoot.Kind.LOCAL, id, position));
			case HeapFormat.ROOT_NATIVE_STACK, HeapFormat.ROOT_THREAD_BLOCK ->
				this.roots.add(new HeapRoot(HeapRoot.Kind.STACK, id, this.file.int4(position), -1, null));
			case HeapFormat.ROOT_THREAD_OBJECT -> {
				int thread = this.file.int4(position);
				this.threads.put(thread, new HeapThread(id, this.file.int4(position + Integer.BYTES)));
				this.roots.add(new HeapRoot(HeapRoot.Kind.THREAD, id, thread, -1, null));
			}
			default -> {
				// A class that is never unloaded: the static fields of every class are
				// roots anyway.
			}
		}
	}

	private HeapRoot onStack(HeapRoot.Kind kind, long id, long position) {
		return new HeapRoot(kind, id, this.file.int4(position), this.file.int4(position + Integer.BYTES), null);
	}

	private void readClass(long id, long position) {
		long superclass = position + 1 + this.idSize + Integer.BYTES;
		long statics = statics(position);
		long fields = fields(statics);
		HeapClass.Field[] declared = new HeapClass.Field[this.file.int2(fields)];
		long field = fields + Short.BYTES;
		for (int i = 0; i < declared.length; i++) {
			String name = this.records.fieldName(this.file.id(field));
			declared[i] = new HeapClass.Field(name, this.file.byte1(field + this.idSize));
			field += this.idSize + 1;
		}
		HeapClass type = new HeapClass(id, this.records.className(id), this.file.id(superclass), declared);
		this.classes.add(type);
		readStatics(type, statics);
		long loader = this.file.id(superclass + this.idSize);
		if (loader != 0 && this.loaders.add(loader)) {
			this.roots.add(new HeapRoot(HeapRoot.Kind.CLASS_LOADER, loader));
		}
	}

	private void readStatics(HeapClass type, long statics) {
		int count = this.file.int2(statics);
		long position = statics + Short.BYTES;
		for (int i = 0; i < count; i++) {
			int valueType = this.file.byte1(position + this.idSize);
			long value = position + this.idSize + 1;
			long object = (valueType == HeapFormat.OBJECT) ? this.file.id(value) : 0;
			if (object != 0) {
				String name = this.records.fieldName(this.file.id(position));
				this.roots.add(new HeapRoot(kind(type, name), object, 0, -1, new HeapClass.DeclaredField(type, name)));
			}
			position = value + HeapFormat.size(valueType, this.idSize);
		}
	}

	private static HeapRoot.Kind kind(HeapClass type, String staticField) {
		if (staticField.startsWith("<")) {
			// An internal field of the JVM, such as the constants of the class.
			return HeapRoot.Kind.CONSTANT;
		}
		return JavaNames.isOfTheJdk(type.name()) ? HeapRoot.Kind.JDK_STATIC_FIELD : HeapRoot.Kind.STATIC_FIELD;
	}

	private void linkClasses() {
		for (int i = 0; i < this.classes.size(); i++) {
			this.classIndex.put(this.classes.get(i).id(), i);
		}
		for (HeapClass type : this.classes) {
			HeapClass superclass = classOf(type.superId());
			if (superclass != null) {
				type.superclass(superclass);
			}
		}
		this.classes.forEach((type) -> type.link(this.idSize));
	}

	// The second pass

	private void locate() {
		int size = this.numbers.size();
		this.positions = new int[size];
		byte[] upper = (this.file.size() > 0xffffffffL) ? new byte[size] : null;
		this.upperPositions = upper;
		this.leaves = new long[(size >>> 6) + 1];
		for (HeapRecords.Segment segment : this.records.segments()) {
			long told = segment.start();
			for (long position = segment.start(); position < segment.end();) {
				int tag = this.file.byte1(position);
				if (isObject(tag)) {
					int object = this.numbers.number(this.file.id(position + 1));
					this.positions[object] = (int) position;
					if (upper != null) {
						upper[object] = (byte) (position >>> Integer.SIZE);
					}
					look(tag, object, position);
				}
				position = end(tag, position);
				if (position - told > PROGRESS_BYTES) {
					told = position;
					this.progress.report(LOCATING, position, this.file.size());
				}
			}
			this.progress.report(LOCATING, segment.end(), this.file.size());
		}
	}

	private void look(int tag, int object, long position) {
		boolean leaf = tag != HeapFormat.OBJECT_ARRAY_DUMP;
		if (tag == HeapFormat.INSTANCE_DUMP) {
			HeapClass type = classOf(this.file.id(position + 1 + this.idSize + Integer.BYTES));
			if (type != null && this.file.int4(instanceFields(position) - Integer.BYTES) != type.instanceSize()) {
				throw new RetentionException(
						"%s is damaged: the size of an object does not match the fields of its class."
							.formatted(this.file.name()));
			}
			leaf = type == null || (type.strongOffsets().length == 0 && !type.isDeferred());
			if (type != null && type.isTable()) {
				this.tables.add(object);
			}
		}
		if (leaf) {
			this.leaves[object >>> 6] |= 1L << object;
		}
	}

	// Objects

	/**
	 * Return the number of an object.
	 * @param id its id
	 * @return its number, or -1 if the dump has no such object
	 */
	int number(long id) {
		return this.numbers.number(id);
	}

	/**
	 * Return whether an object holds no other object.
	 * @param object its number
	 * @return whether it holds none
	 */
	boolean isLeaf(int object) {
		return (this.leaves[object >>> 6] & (1L << object)) != 0;
	}

	long id(int object) {
		return this.file.id(position(object) + 1);
	}

	/**
	 * Return the position of an object.
	 * @param object its number
	 * @return the position of its record
	 */
	long position(int object) {
		byte[] upper = this.upperPositions;
		long position = this.positions[object] & 0xffffffffL;
		return (upper != null) ? position | (upper[object] & 0xffL) << Integer.SIZE : position;
	}

	/**
	 * Return the class of an instance.
	 * @param object the number of an object
	 * @return its class, or {@code null} if the object is an array or a class
	 */
	@Nullable HeapClass instanceClass(int object) {
		long position = position(object);
		return (this.file.byte1(position) == HeapFormat.INSTANCE_DUMP)
				? classOf(this.file.id(position + 1 + this.idSize + Integer.BYTES)) : null;
	}

	@Nullable HeapClass classOf(long id) {
		long i = this.classIndex.get(id);
		return (i == LongTable.ABSENT) ? null : this.classes.get((int) i);
	}

	/**
	 * Return where the fields of an instance start.
	 * @param instance the position of its record
	 * @return the position of its first field
	 */
	long instanceFields(long instance) {
		return instance + 1 + 2L * this.idSize + 2 * Integer.BYTES;
	}

	/**
	 * Return the class of the elements of an array of objects.
	 * @param object the number of an object
	 * @return the name of the class, or {@code null} if the object is not such an array
	 */
	@Nullable String elementClass(int object) {
		long position = position(object);
		if (this.file.byte1(position) != HeapFormat.OBJECT_ARRAY_DUMP) {
			return null;
		}
		String name = this.records.className(this.file.id(position + 1 + this.idSize + 2 * Integer.BYTES));
		return (name.startsWith("[L") && name.endsWith(";")) ? name.substring(2, name.length() - 1) : name;
	}

	int arrayLength(long array) {
		return this.file.int4(array + 1 + this.idSize + Integer.BYTES);
	}

	/**
	 * Return where the elements of an array of objects start.
	 * @param array the position of its record
	 * @return the position of its first element
	 */
	long arrayElements(long array) {
		return array + 1 + 2L * this.idSize + 2 * Integer.BYTES;
	}

	/**
	 * Return the id in a field of an instance.
	 * @param object the number of the instance
	 * @param declarer the class that declares the field
	 * @param field the name of the field
	 * @return the id; 0 for {@code null}, and if there is no such field
	 */
	long reference(int object, String declarer, String field) {
		HeapClass type = instanceClass(object);
		int offset = (type != null) ? type.offset(declarer, field, this.idSize) : -1;
		return (offset < 0) ? 0 : this.file.id(instanceFields(position(object)) + offset);
	}

	/**
	 * Return the number in a one-byte field of an instance.
	 * @param object the number of the instance
	 * @param declarer the class that declares the field
	 * @param field the name of the field
	 * @return the number; 0 if there is no such field
	 */
	int number(int object, String declarer, String field) {
		HeapClass type = instanceClass(object);
		int offset = (type != null) ? type.offset(declarer, field, this.idSize) : -1;
		return (offset < 0) ? 0 : this.file.byte1(instanceFields(position(object)) + offset);
	}

	/**
	 * Return the characters of a string.
	 * @param id the id of the string
	 * @param limit the maximum length
	 * @return its characters, or {@code null} if the object is not a string, or is longer
	 */
	@Nullable String string(long id, int limit) {
		int string = number(id);
		if (string < 0) {
			return null;
		}
		int value = number(reference(string, JavaNames.STRING, "value"));
		if (value < 0) {
			return null;
		}
		long array = position(value);
		int length = arrayLength(array);
		long start = array + 1 + this.idSize + 2 * Integer.BYTES;
		if (this.file.byte1(array) != HeapFormat.PRIMITIVE_ARRAY_DUMP || this.file.byte1(start) != HeapFormat.BYTE
				|| length < 0 || length > 2 * limit) {
			return null;
		}
		byte[] bytes = this.file.bytes(start + 1, length);
		if (number(string, JavaNames.STRING, "coder") == 0) {
			return new String(bytes, StandardCharsets.ISO_8859_1);
		}
		StringBuilder text = new StringBuilder(length / 2);
		for (int i = 0; i + 1 < length; i += 2) {
			// Little-endian, the byte order of every platform that is supported.
			text.append((char) ((bytes[i] & 0xff) | (bytes[i + 1] << 8)));
		}
		return text.toString();
	}

}
