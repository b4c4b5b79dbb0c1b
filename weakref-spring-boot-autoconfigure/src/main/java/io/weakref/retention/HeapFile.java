package io.weakref.retention;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of a heap dump, mapped in parts because a single mapping is limited to 2 GB.
 * Each part overlaps the next one by the length of the longest number, so no number is
 * split.
 */
final class HeapFile {

	private static final String MAGIC = "JAVA PROFILE 1.0.";

	private static final int MAGIC_LENGTH = MAGIC.length() + 1;

	/** The version and a zero byte, then the identifier size and the time. */
	private static final int HEADER_LENGTH = MAGIC_LENGTH + 1 + Integer.BYTES + Long.BYTES;

	private static final int DEFAULT_PART_BITS = 30;

	private final String name;

	private final ByteBuffer[] parts;

	private final int partBits;

	private final long partMask;

	private final long size;

	private final int idSize;

	private HeapFile(String name, ByteBuffer[] parts, int partBits, long size) {
		this.name = name;
		this.parts = parts;
		this.partBits = partBits;
		this.partMask = (1L << partBits) - 1;
		this.size = size;
		this.idSize = (size < HEADER_LENGTH) ? 0 : int4(MAGIC_LENGTH + 1);
	}

	/**
	 * Map a heap dump.
	 * @param path the path of the file
	 * @return the file, which has the header of a heap dump
	 * @throws RetentionException if it cannot be read or is not a heap dump
	 */
	static HeapFile open(Path path) {
		return open(path, DEFAULT_PART_BITS);
	}

	static HeapFile open(Path path, int partBits) {
		String name = String.valueOf(path.getFileName());
		if (Files.isDirectory(path)) {
			throw new RetentionException("%s is a directory, not a heap dump.".formatted(name));
		}
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
			long size = channel.size();
			ByteBuffer[] parts = new ByteBuffer[(int) ((size >>> partBits) + 1)];
			for (int i = 0; i < parts.length; i++) {
				long start = (long) i << partBits;
				parts[i] = channel.map(MapMode.READ_ONLY, start, Math.min(size - start, (1L << partBits) + Long.BYTES));
			}
			HeapFile file = new HeapFile(name, parts, partBits, size);
			file.requireHeapDump();
			return file;
		}
		catch (NoSuchFileException ex) {
			throw new RetentionException("The file %s does not exist.".formatted(name), ex);
		}
		catch (AccessDeniedException ex) {
			throw new RetentionException("Access to the file %s is denied.".formatted(name), ex);
		}
		catch (IOException ex) {
			throw new RetentionException("The file %s cannot be read.".formatted(name), ex);
		}
	}

	private void requireHeapDump() {
		if (this.size >= 2 && byte1(0) == 0x1f && byte1(1) == 0x8b) {
			throw new RetentionException(
					"%s is compressed: decompress it first, for example with gunzip.".formatted(this.name));
		}
		if (this.size < HEADER_LENGTH || !text(0, MAGIC.length()).equals(MAGIC)) {
			throw new RetentionException("%s is not a heap dump in the HPROF format.".formatted(this.name));
		}
		if (this.idSize != Integer.BYTES && this.idSize != Long.BYTES) {
			throw new RetentionException("%s has identifiers of %d bytes, but only 4 and 8 are supported."
				.formatted(this.name, this.idSize));
		}
	}

	String name() {
		return this.name;
	}

	long size() {
		return this.size;
	}

	int idSize() {
		return this.idSize;
	}

	/** Return the position of the first record. */
	long firstRecord() {
		return HEADER_LENGTH;
	}

	int byte1(long position) {
		return this.parts[(int) (position >>> this.partBits)].get((int) (position & this.partMask)) & 0xff;
	}

	int int2(long position) {
		return this.parts[(int) (position >>> this.partBits)].getShort((int) (position & this.partMask)) & 0xffff;
	}

	int int4(long position) {
		return this.parts[(int) (position >>> this.partBits)].getInt((int) (position & this.partMask));
	}

	/** Read an unsigned number of four bytes. */
	long length(long position) {
		return int4(position) & 0xffffffffL;
	}

	long id(long position) {
		ByteBuffer part = this.parts[(int) (position >>> this.partBits)];
		int offset = (int) (position & this.partMask);
		return (this.idSize == Long.BYTES) ? part.getLong(offset) : part.getInt(offset) & 0xffffffffL;
	}

	byte[] bytes(long position, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) byte1(position + i);
		}
		return bytes;
	}

	String text(long position, int length) {
		return new String(bytes(position, length), StandardCharsets.UTF_8);
	}

}
