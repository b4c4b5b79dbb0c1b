package io.weakref.sample.tile;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is known of one image of a tile, attached weakly to the image: it goes when the
 * image goes. Must not refer to the image, or neither would ever go.
 */
public final class Rendering {

	private final long serial;

	private final Origin origin;

	private final Duration took;

	private final byte[] png;

	private final AtomicBoolean handedOut = new AtomicBoolean();

	Rendering(long serial, Origin origin, Duration took, byte[] png) {
		this.serial = serial;
		this.origin = origin;
		this.took = took;
		this.png = png;
	}

	/**
	 * Return the number of the image.
	 * @return numbers the images of this run: the same number, the same instance
	 */
	public long serial() {
		return this.serial;
	}

	/**
	 * Return how long it took to make the image.
	 * @return the duration
	 */
	public Duration took() {
		return this.took;
	}

	/**
	 * Return the image as PNG.
	 * @return the bytes, not to be changed
	 */
	public byte[] png() {
		return this.png;
	}

	/**
	 * Hand the image out.
	 * @return where it came from for the first who asks, {@link Origin#AT_HAND} for all
	 * others
	 */
	Origin handOut() {
		return this.handedOut.compareAndSet(false, true) ? this.origin : Origin.AT_HAND;
	}

}
