package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * Stands at the head of a bin whose nodes have moved to another array, or are moving
 * there just now.
 */
final class ForwardingNode extends Node {

	static final int HASH = -1;

	/** Where the nodes went. */
	final @Nullable Node[] to;

	/**
	 * What was in the bin, while its nodes are relinked; the lock of this node is held
	 * meanwhile. {@code null} once they have moved. A mover that was cut off leaves it
	 * here: with it whoever comes next can finish the move.
	 */
	final Node @Nullable [] moving;

	ForwardingNode(@Nullable Node[] to, Node @Nullable [] moving) {
		super(HASH, null, null);
		this.to = to;
		this.moving = moving;
	}

}
