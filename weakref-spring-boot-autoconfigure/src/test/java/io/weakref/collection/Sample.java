package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * A key or value that equals others with the same number, and whose hash code can be
 * chosen.
 */
final class Sample {

	final int number;

	/** Mutable, as in careless user code. */
	volatile int hash;

	@Nullable Object attachment;

	Sample(int number) {
		this(number, number);
	}

	Sample(int number, int hash) {
		this.number = number;
		this.hash = hash;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Sample that && this.number == that.number;
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	@Override
	public String toString() {
		return "sample" + this.number;
	}

}
