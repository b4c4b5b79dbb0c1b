package io.weakref.retention;

import java.util.ArrayDeque;

/**
 * A queue of numbers that releases the memory of the numbers that were taken.
 */
final class IntQueue {

	private static final int CHUNK = 1 << 14;

	private final ArrayDeque<int[]> chunks = new ArrayDeque<>();

	private int[] first = new int[CHUNK];

	private int[] last = this.first;

	private int head;

	private int tail;

	void add(int value) {
		if (this.tail == CHUNK) {
			this.last = new int[CHUNK];
			this.chunks.add(this.last);
			this.tail = 0;
		}
		this.last[this.tail++] = value;
	}

	boolean isEmpty() {
		return this.first == this.last && this.head == this.tail;
	}

	int take() {
		if (this.head == CHUNK) {
			this.first = this.chunks.remove();
			this.head = 0;
		}
		return this.first[this.head++];
	}

}
