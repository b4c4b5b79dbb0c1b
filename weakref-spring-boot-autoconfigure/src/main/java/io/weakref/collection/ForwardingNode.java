package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * The head of a bin whose nodes have moved to another array or are being moved there.
 */
final class ForwardingNode extends Node {

	static final int HASH = -1;

	/** The array to which the nodes move. */
	final @Nullable Node[] to;

	/**
	 * The nodes of the bin while they are being relinked, during which the lock of this
	 * node is held. {@code null} in the forwarding node that replaces this one once they
	 * have moved. If the thread that moves them fails, the array stays here, so that the
	 * next thread can finish the move.
	 */
	final Node @Nullable [] moving;

	ForwardingNode(@Nullable Node[] to, Node @Nullable [] moving) {
		super(HASH, null, null);
		this.to = to;
		this.moving = moving;
	}

}
