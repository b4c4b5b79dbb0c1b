package io.weakref.collection;

import org.jspecify.annotations.Nullable;

/**
 * Stands at the head of a bin whose nodes have moved to another array, or are moving
 * there just now.
 */
final class Forward extends Node {

	static final int HASH = -1;

	/** Where the nodes went. */
	final @Nullable Node[] to;

	/**
	 * What was in the bin, while its nodes are relinked; the lock of this node is held
	 * meanwhile. {@code null} once they have moved.
	 */
	final Node @Nullable [] moving;

	Forward(@Nullable Node[] to, Node @Nullable [] moving) {
		super(HASH, null, null);
		this.to = to;
		this.moving = moving;
	}

	/** Return once the nodes have moved. */
	void awaitMoved() {
		if (this.moving != null) {
			synchronized (this) {
				// The mover has left.
			}
		}
	}

}
