package io.weakref.sample.viewer;

import java.util.concurrent.atomic.LongAdder;

import io.weakref.sample.tile.Origin;
import io.weakref.sample.tile.Tile;

/**
 * What a viewer has done so far, attached weakly to the viewer: it need not be removed
 * when the viewer leaves. It must not refer to the viewer, or both would stay forever.
 */
public final class Activity {

	private final LongAdder seen = new LongAdder();

	private final LongAdder shared = new LongAdder();

	void saw(Tile tile) {
		this.seen.increment();
		if (tile.origin() == Origin.AT_HAND) {
			this.shared.increment();
		}
	}

	long seen() {
		return this.seen.sum();
	}

	long shared() {
		return this.shared.sum();
	}

}
