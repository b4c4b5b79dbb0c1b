package io.weakref.retention;

/**
 * The numeric constants of the HPROF format, as HotSpot writes it.
 */
final class HeapFormat {

	static final int UTF8 = 0x01;

	static final int LOAD_CLASS = 0x02;

	static final int FRAME = 0x04;

	static final int TRACE = 0x05;

	static final int HEAP_DUMP = 0x0c;

	static final int HEAP_DUMP_SEGMENT = 0x1c;

	static final int HEAP_DUMP_END = 0x2c;

	/** Tag, time and length of a record. */
	static final int RECORD_HEADER = 1 + 2 * Integer.BYTES;

	static final int ROOT_UNKNOWN = 0xff;

	static final int ROOT_JNI_GLOBAL = 0x01;

	static final int ROOT_JNI_LOCAL = 0x02;

	static final int ROOT_JAVA_FRAME = 0x03;

	static final int ROOT_NATIVE_STACK = 0x04;

	static final int ROOT_STICKY_CLASS = 0x05;

	static final int ROOT_THREAD_BLOCK = 0x06;

	static final int ROOT_MONITOR_USED = 0x07;

	static final int ROOT_THREAD_OBJECT = 0x08;

	static final int CLASS_DUMP = 0x20;

	static final int INSTANCE_DUMP = 0x21;

	static final int OBJECT_ARRAY_DUMP = 0x22;

	static final int PRIMITIVE_ARRAY_DUMP = 0x23;

	static final int OBJECT = 2;

	static final int BYTE = 8;

	private static final int[] SIZES = { 0, 0, 0, 0, 1, 2, 4, 8, 1, 2, 4, 8 };

	private HeapFormat() {
	}

	/**
	 * Return the size of a value in bytes.
	 * @param type the type of the value
	 * @param idSize the size of an id
	 * @return its size
	 */
	static int size(int type, int idSize) {
		int size = (type == OBJECT) ? idSize : (type >= 0 && type < SIZES.length) ? SIZES[type] : 0;
		if (size == 0) {
			throw new RetentionException(
					"The heap dump is damaged: it contains a value of the unknown type %d.".formatted(type));
		}
		return size;
	}

}
