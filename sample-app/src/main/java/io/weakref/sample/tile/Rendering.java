package io.weakref.sample.tile;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Information about one image of a tile, attached weakly to the image: it is removed when
 * the image dies. It must not refer to the image, or both would stay forever.
 */
public final class Rendering {

	private final long serial;

	private final Origin origin;

	private final Duration took;

	private final byte[] png;

	private final AtomicBoolean handedOut = new AtomicBoolean();

	private volatile long usedAt = System.nanoTime();

	Rendering(long serial, Origin origin, Duration took, byte[] png) {
		this.serial = serial;
		this.origin = origin;
		this.took = took;
		this.png = png;
	}

	/**
	 * Return the number of the image.
	 * @return the number, unique in this run of the application: the same number means
	 * the same instance
	 */
	public long serial() {
		return this.serial;
	}

	/**
	 * Return how long it took to create the image.
	 * @return the duration
	 */
	public Duration took() {
		return this.took;
	}

	/**
	 * Return the image as PNG.
	 * @return the bytes, which must not be modified
	 */
	public byte[] png() {
		return this.png;
	}

	/**
	 * Hand the image out.
	 * @return the origin of the image for the first caller, {@link Origin#AT_HAND} for
	 * all others
	 */
	Origin handOut() {
		this.usedAt = System.nanoTime();
		return this.handedOut.compareAndSet(false, true) ? this.origin : Origin.AT_HAND;
	}

	/**
	 * Return when the image was created or last handed out.
	 * @return the time, as of {@link System#nanoTime()}
	 */
	long usedAt() {
		return this.usedAt;
	}

}
