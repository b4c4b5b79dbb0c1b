package io.weakref.near;

import java.util.Arrays;

/**
 * A key in the form of the second level: its bytes, prefix included. Two keys of the
 * application with the same bytes are the same key.
 *
 * @since 0.1.0
 */
public final class NearKey {

	private final byte[] bytes;

	private final int hash;

	/**
	 * Create a key.
	 * @param bytes the bytes of the key, which are not copied and must not change
	 */
	public NearKey(byte[] bytes) {
		this.bytes = bytes;
		this.hash = Arrays.hashCode(bytes);
	}

	/**
	 * Return the bytes of this key.
	 * @return the bytes, not a copy
	 */
	public byte[] bytes() {
		return this.bytes;
	}

	/**
	 * Return whether this key begins with a prefix.
	 * @param prefix the prefix
	 * @return whether it does
	 */
	public boolean startsWith(byte[] prefix) {
		return this.bytes.length >= prefix.length
				&& Arrays.equals(this.bytes, 0, prefix.length, prefix, 0, prefix.length);
	}

	@Override
	public boolean equals(Object obj) {
		return this == obj
				|| (obj instanceof NearKey other && this.hash == other.hash && Arrays.equals(this.bytes, other.bytes));
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	/**
	 * Keys may be secrets: only the length is shown.
	 */
	@Override
	public String toString() {
		return "NearKey of %d bytes".formatted(this.bytes.length);
	}

}
