package io.weakref.collection;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A resize under way: the array that is left, the array that is moved to, and how far it
 * has come.
 */
final class Transfer {

	final @Nullable Node[] from;

	final @Nullable Node[] to;

	/** What stands in each bin that has moved. */
	final Forward forward;

	/** The next bin to take up. Set back where a mover failed. */
	final AtomicInteger next = new AtomicInteger();

	/** How many bins have moved. */
	final AtomicInteger moved = new AtomicInteger();

	Transfer(@Nullable Node[] from, @Nullable Node[] to) {
		this.from = from;
		this.to = to;
		this.forward = new Forward(to, null);
	}

}
