package io.weakref.retention;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Writes a heap dump record by record, in forms that the available JVMs do not write:
 * with ids of any size and order, damaged, or of any length.
 */
final class WrittenHeap implements Closeable {

	private final FileChannel file;

	private final int idSize;

	private final LongUnaryOperator ids;

	private final Map<String, Long> symbols = new HashMap<>();

	private long nextObject = 1;

	private int nextSerial = 1;

	private final Type object;

	private final Type string;

	private final Type node;

	private final Type table;

	private final Type thread;

	final Type softReference;

	final Type forward;

	/**
	 * Begin a heap dump.
	 * @param path the path of the file
	 * @param idSize the size of ids
	 * @param ids the id of the first object, the second one, and so on
	 */
	WrittenHeap(Path path, int idSize, LongUnaryOperator ids) throws IOException {
		this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
				StandardOpenOption.SPARSE);
		this.idSize = idSize;
		this.ids = ids;
		write((data) -> {
			data.write("JAVA PROFILE 1.0.2\0".getBytes(StandardCharsets.US_ASCII));
			data.writeInt(idSize);
			data.writeLong(0);
		});
		this.object = type("java.lang.Object", null, Map.of());
		this.string = type("java.lang.String", this.object, Map.of(), "value", "coder:byte");
		Type reference = type("java.lang.ref.Reference", this.object, Map.of(), "referent", "queue", "next",
				"discovered");
		this.softReference = type("java.lang.ref.SoftReference", reference, Map.of(), "timestamp:long");
		Type weakReference = type("java.lang.ref.WeakReference", reference, Map.of());
		this.node = type("io.weakref.collection.Node", weakReference, Map.of(), "hash:int", "strong", "next");
		this.forward = type("io.weakref.collection.Forward", this.node, Map.of(), "to", "moving");
		this.table = type("io.weakref.collection.WeakTable", this.object, Map.of(), "weakKeys:boolean", "name",
				"table");
		this.thread = type("java.lang.Thread", this.object, Map.of(), "name", "target");
	}

	/** Return ids like those of the JVM: addresses of objects of 16 bytes. */
	static LongUnaryOperator addresses() {
		return (number) -> 0x7_0000_0000L + 16 * number;
	}

	/** Return the next id, for an object that is written now or later. */
	long id() {
		return this.ids.applyAsLong(this.nextObject++);
	}

	/**
	 * Write a class.
	 * @param name its name
	 * @param superclass its superclass
	 * @param statics its static fields, with the ids in them
	 * @param fields the fields of its instances, references unless they have a type
	 */
	Type type(String name, @Nullable Type superclass, Map<String, Long> statics, String... fields) throws IOException {
		Type type = new Type(id(), superclass, List.of(fields));
		long symbol = symbol(name.replace('.', '/'));
		int serial = this.nextSerial++;
		record(HeapFormat.LOAD_CLASS, (data) -> {
			data.writeInt(serial);
			id(data, type.id());
			data.writeInt(0);
			id(data, symbol);
		});
		segment((data) -> {
			data.writeByte(HeapFormat.CLASS_DUMP);
			id(data, type.id());
			data.writeInt(0);
			id(data, (superclass != null) ? superclass.id() : 0);
			for (int i = 0; i < 5; i++) {
				id(data, 0);
			}
			data.writeInt(0);
			// A constant, as old JVMs wrote them.
			data.writeShort(1);
			data.writeShort(7);
			data.writeByte(10);
			data.writeInt(42);
			data.writeShort(statics.size());
			for (Map.Entry<String, Long> field : statics.entrySet()) {
				id(data, symbol(field.getKey()));
				data.writeByte(HeapFormat.OBJECT);
				id(data, field.getValue());
			}
			data.writeShort(fields.length);
			for (String field : fields) {
				id(data, symbol(field.replaceAll(":.*", "")));
				data.writeByte(fieldType(field));
			}
		});
		return type;
	}

	Type type(String name, String... fields) throws IOException {
		return type(name, this.object, Map.of(), fields);
	}

	long instance(Type type, long... values) throws IOException {
		return instance(id(), type, values);
	}

	/** Write an instance; its fields come before those of the superclass. */
	long instance(long id, Type type, long... values) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream fields = new DataOutputStream(bytes);
		List<String> all = type.allFields();
		for (int i = 0; i < all.size(); i++) {
			long value = (i < values.length) ? values[i] : 0;
			switch (fieldType(all.get(i))) {
				case HeapFormat.OBJECT -> id(fields, value);
				case 11 -> fields.writeLong(value);
				case 10 -> fields.writeInt((int) value);
				default -> fields.writeByte((int) value);
			}
		}
		segment((data) -> {
			data.writeByte(HeapFormat.INSTANCE_DUMP);
			id(data, id);
			data.writeInt(0);
			id(data, type.id());
			data.writeInt(bytes.size());
			data.write(bytes.toByteArray());
		});
		return id;
	}

	long array(String elementType, long... elements) throws IOException {
		Type type = type("[L" + elementType + ";", this.object, Map.of());
		long id = id();
		segment((data) -> {
			data.writeByte(HeapFormat.OBJECT_ARRAY_DUMP);
			id(data, id);
			data.writeInt(0);
			data.writeInt(elements.length);
			id(data, type.id());
			for (long element : elements) {
				id(data, element);
			}
		});
		return id;
	}

	long string(String text) throws IOException {
		byte[] latin = text.getBytes(StandardCharsets.ISO_8859_1);
		boolean wide = !new String(latin, StandardCharsets.ISO_8859_1).equals(text);
		byte[] bytes = wide ? text.getBytes(StandardCharsets.UTF_16LE) : latin;
		long value = id();
		segment((data) -> {
			bytesHeader(data, value, bytes.length);
			data.write(bytes);
		});
		return instance(this.string, value, wide ? 1 : 0);
	}

	/** Write an array of bytes as a hole in a sparse file, which takes no disk space. */
	long hole(int length) throws IOException {
		long id = id();
		ByteBuffer record = bytes((data) -> bytesHeader(data, id, length));
		header(HeapFormat.HEAP_DUMP_SEGMENT, record.remaining() + length);
		this.file.write(record);
		this.file.position(this.file.position() + length);
		return id;
	}

	private void bytesHeader(DataOutputStream data, long id, int length) throws IOException {
		data.writeByte(HeapFormat.PRIMITIVE_ARRAY_DUMP);
		id(data, id);
		data.writeInt(0);
		data.writeInt(length);
		data.writeByte(HeapFormat.BYTE);
	}

	/**
	 * Write the table of a weak collection.
	 * @param name the name of the collection
	 * @param weakKeys whether its keys are weak
	 * @param bins the heads of its bins
	 */
	long table(String name, boolean weakKeys, long... bins) throws IOException {
		return instance(this.table, weakKeys ? 1 : 0, string(name), bins(bins));
	}

	long bins(long... heads) throws IOException {
		return array("io.weakref.collection.Node", heads);
	}

	long node(long referent, long strong, long next) throws IOException {
		return instance(this.node, 1, strong, next, referent);
	}

	/** Write the forwarding node of a bin that has moved. */
	long forward(long to) throws IOException {
		return instance(this.forward, to, 0, -1, 0, 0, 0);
	}

	/**
	 * Write a thread with one frame.
	 * @param name its name
	 * @param target the object in its field {@code target}
	 * @param method the method of the frame, a class and a name
	 * @param line the line, or 0
	 * @return its serial number
	 */
	int thread(String name, long target, String method, int line) throws IOException {
		int serial = this.nextSerial++;
		int dot = method.lastIndexOf('.');
		type(method.substring(0, dot));
		int type = this.nextSerial - 1;
		long methodName = symbol(method.substring(dot + 1));
		record(HeapFormat.FRAME, (data) -> {
			id(data, serial);
			id(data, methodName);
			id(data, 0);
			id(data, 0);
			data.writeInt(type);
			data.writeInt(line);
		});
		record(HeapFormat.TRACE, (data) -> {
			data.writeInt(serial);
			data.writeInt(serial);
			data.writeInt(1);
			id(data, serial);
		});
		long thread = instance(this.thread, string(name), target);
		root(HeapFormat.ROOT_THREAD_OBJECT, thread, serial, serial);
		return serial;
	}

	void root(int tag, long object, int... numbers) throws IOException {
		segment((data) -> {
			data.writeByte(tag);
			id(data, object);
			for (int number : numbers) {
				data.writeInt(number);
			}
		});
	}

	void jniGlobal(long object) throws IOException {
		segment((data) -> {
			data.writeByte(HeapFormat.ROOT_JNI_GLOBAL);
			id(data, object);
			id(data, 1);
		});
	}

	/** Write the record that ends a complete dump. */
	void end() throws IOException {
		header(HeapFormat.HEAP_DUMP_END, 0);
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

	void segment(Content content) throws IOException {
		record(HeapFormat.HEAP_DUMP_SEGMENT, content);
	}

	private long symbol(String text) throws IOException {
		Long known = this.symbols.get(text);
		if (known != null) {
			return known;
		}
		long id = 0x1000 + this.symbols.size();
		this.symbols.put(text, id);
		record(HeapFormat.UTF8, (data) -> {
			id(data, id);
			data.write(text.getBytes(StandardCharsets.UTF_8));
		});
		return id;
	}

	/** Write a record. The symbols that its content needs are written before it. */
	private void record(int tag, Content content) throws IOException {
		ByteBuffer bytes = bytes(content);
		header(tag, bytes.remaining());
		this.file.write(bytes);
	}

	private void header(int tag, int length) throws IOException {
		write((data) -> {
			data.writeByte(tag);
			data.writeInt(0);
			data.writeInt(length);
		});
	}

	private void write(Content content) throws IOException {
		this.file.write(bytes(content));
	}

	private static ByteBuffer bytes(Content content) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		content.writeTo(new DataOutputStream(bytes));
		return ByteBuffer.wrap(bytes.toByteArray());
	}

	private void id(DataOutputStream data, long id) throws IOException {
		if (this.idSize == Long.BYTES) {
			data.writeLong(id);
		}
		else {
			data.writeInt((int) id);
		}
	}

	private static int fieldType(String field) {
		return switch (field.substring(field.indexOf(':') + 1)) {
			case "boolean" -> 4;
			case "byte" -> HeapFormat.BYTE;
			case "int" -> 10;
			case "long" -> 11;
			default -> HeapFormat.OBJECT;
		};
	}

	record Type(long id, @Nullable Type superclass, List<String> fields) {

		List<String> allFields() {
			List<String> all = new ArrayList<>(this.fields);
			if (this.superclass != null) {
				all.addAll(this.superclass.allFields());
			}
			return all;
		}

	}

	interface Content {

		void writeTo(DataOutputStream data) throws IOException;

	}

}
