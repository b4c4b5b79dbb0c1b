package io.weakref.sample.tile;

import java.util.Locale;

/**
 * Where an image was taken from that somebody was handed.
 */
public enum Origin {

	/** Rendered by this instance of the application, just now. */
	RENDERED,

	/** Read from Redis just now; some instance has rendered it. */
	REDIS,

	/** It was there: somebody in this instance of the application holds it. */
	AT_HAND;

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
