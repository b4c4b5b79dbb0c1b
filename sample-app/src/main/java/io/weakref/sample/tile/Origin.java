package io.weakref.sample.tile;

import java.util.Locale;

/**
 * Where the image of a tile that was handed out came from.
 */
public enum Origin {

	/** Rendered by this instance of the application, just now. */
	RENDERED,

	/** Read from Redis just now; some instance has rendered it. */
	REDIS,

	/** In use already in this instance of the application. */
	AT_HAND;

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
