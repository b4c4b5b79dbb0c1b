package io.weakref.sample.experiment;

import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.sample.tile.Tile;

/**
 * A tile in a gallery, with the number of requested garbage collections that it has
 * outlived. It listens for the requests, and should be removed from the listeners when
 * the gallery is closed.
 */
final class Thumbnail implements CollectionRequests.Listener {

	private final Tile tile;

	private final AtomicInteger outlived = new AtomicInteger();

	Thumbnail(Tile tile) {
		this.tile = tile;
	}

	Tile tile() {
		return this.tile;
	}

	int outlived() {
		return this.outlived.get();
	}

	@Override
	public void collectionRequested() {
		this.outlived.incrementAndGet();
	}

}
