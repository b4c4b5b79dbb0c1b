package io.weakref.retention;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The records of a heap dump outside the objects: symbols, names of classes, stack
 * traces, and the positions of the segments that contain the objects.
 */
final class HeapRecords {

	private final HeapFile file;

	private final int idSize;

	/** The position of each symbol, by its id. */
	private final LongTable symbols = new LongTable();

	private final LongTable frames = new LongTable();

	private final LongTable traces = new LongTable();

	/** The symbol of the name of each class, by the id of the class. */
	private final LongTable classNames = new LongTable();

	/** The same, by the serial number of the class. */
	private final LongTable classSerials = new LongTable();

	private final List<Segment> segments = new ArrayList<>();

	/** The name of each field by its symbol, so that equal names share a string. */
	private final Map<Long, String> fieldNames = new HashMap<>();

	HeapRecords(HeapFile file) {
		this.file = file;
		this.idSize = file.idSize();
		boolean ended = true;
		long position = file.firstRecord();
		while (position < file.size()) {
			long body = position + HeapFormat.RECORD_HEADER;
			if (body > file.size()) {
				throw cutOff();
			}
			int tag = file.byte1(position);
			long end = body + file.length(position + 1 + Integer.BYTES);
			if (end > file.size()) {
				throw cutOff();
			}
			read(tag, body, end);
			// A dump in segments is complete only after an end record.
			ended = (tag != HeapFormat.HEAP_DUMP_SEGMENT) && (ended || tag == HeapFormat.HEAP_DUMP_END);
			position = end;
		}
		if (!ended) {
			throw cutOff();
		}
		if (this.segments.isEmpty()) {
			throw new RetentionException("%s contains no objects.".formatted(file.name()));
		}
	}

	private void read(int tag, long body, long end) {
		switch (tag) {
			case HeapFormat.UTF8 -> this.symbols.put(this.file.id(body), body);
			case HeapFormat.LOAD_CLASS -> {
				long name = this.file.id(body + 2 * Integer.BYTES + this.idSize);
				this.classNames.put(this.file.id(body + Integer.BYTES), name);
				this.classSerials.put(this.file.length(body), name);
			}
			case HeapFormat.FRAME -> this.frames.put(this.file.id(body), body);
			case HeapFormat.TRACE -> this.traces.put(this.file.length(body), body);
			case HeapFormat.HEAP_DUMP, HeapFormat.HEAP_DUMP_SEGMENT -> this.segments.add(new Segment(body, end));
			default -> {
				// Not needed for a search.
			}
		}
	}

	private RetentionException cutOff() {
		return new RetentionException("%s is cut off: it ends after %d bytes, in the middle of the heap dump."
			.formatted(this.file.name(), this.file.size()));
	}

	List<Segment> segments() {
		return this.segments;
	}

	/**
	 * Return the name of a class.
	 * @param id the id of the class
	 * @return its name, as in source code
	 */
	String className(long id) {
		return JavaNames.className(symbol(this.classNames.get(id)));
	}

	String fieldName(long symbol) {
		return this.fieldNames.computeIfAbsent(symbol, this::symbol);
	}

	/**
	 * Return a frame of a stack trace as {@code class.method:line}.
	 * @param trace the serial number of the stack trace
	 * @param depth the index of the frame
	 * @return the frame, or {@code null} if the dump does not have it
	 */
	@Nullable String frame(int trace, int depth) {
		long body = this.traces.get(trace & 0xffffffffL);
		if (body == LongTable.ABSENT || depth < 0 || depth >= this.file.int4(body + 2 * Integer.BYTES)) {
			return null;
		}
		long frame = this.frames.get(this.file.id(body + 3 * Integer.BYTES + (long) depth * this.idSize));
		if (frame == LongTable.ABSENT) {
			return null;
		}
		String method = symbol(this.file.id(frame + this.idSize));
		long type = this.classSerials.get(this.file.length(frame + 4L * this.idSize));
		int line = this.file.int4(frame + 4L * this.idSize + Integer.BYTES);
		String name = JavaNames.className(symbol(type)) + "." + method;
		return (line > 0) ? name + ":" + line : name;
	}

	private String symbol(long id) {
		long body = this.symbols.get(id);
		if (body == LongTable.ABSENT) {
			return "?";
		}
		long length = this.file.length(body - Integer.BYTES) - this.idSize;
		return this.file.text(body + this.idSize, (int) length);
	}

	/**
	 * A part of the file that contains objects and roots.
	 *
	 * @param start where it starts
	 * @param end where it ends
	 */
	record Segment(long start, long end) {
	}

}
