package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.WeakRef;

import org.springframework.stereotype.Component;

/**
 * Two callbacks for each tile, which run after its image was garbage collected: one
 * counts it, the other throws while that is switched on, to show what happens to an error
 * in a callback.
 * <p>
 * A callback runs only if its reference is still held, so the references are held here
 * until they have run. The callbacks refer to the serial number of an image, never to the
 * image.
 */
@Component
public class Farewells {

	private final Map<Long, WeakRef<BufferedImage>> counting = new ConcurrentHashMap<>();

	private final Map<Long, WeakRef<BufferedImage>> failing = new ConcurrentHashMap<>();

	private final WeakCleaner cleaner;

	private final Counter counter;

	private volatile boolean failingOn;

	Farewells(WeakCleaner weakCleaner, MeterRegistry meters) {
		this.cleaner = weakCleaner;
		this.counter = Counter.builder("sample.tiles.gone")
			.description("Tiles whose callback has run after they were garbage collected")
			.register(meters);
	}

	void expect(long serial, BufferedImage image) {
		this.counting.put(serial, WeakRef.of(image, (reference) -> count(serial), this.cleaner));
		this.failing.put(serial, WeakRef.of(image, (reference) -> fail(serial), this.cleaner));
	}

	private void count(long serial) {
		this.counting.remove(serial);
		this.counter.increment();
	}

	private void fail(long serial) {
		this.failing.remove(serial);
		if (this.failingOn) {
			throw new FailureOnPurpose(serial);
		}
	}

	/**
	 * Return whether callbacks fail on purpose.
	 * @return whether they do
	 */
	public boolean isFailing() {
		return this.failingOn;
	}

	/**
	 * Switch the failing on or off.
	 * @param failing whether callbacks that run from now on fail
	 */
	public void setFailing(boolean failing) {
		this.failingOn = failing;
	}

	/**
	 * Has no stack trace, because there may be hundreds of them in the log.
	 */
	private static final class FailureOnPurpose extends RuntimeException {

		private static final long serialVersionUID = 1L;

		FailureOnPurpose(long serial) {
			super("The callback of tile no. " + serial + " fails on purpose", null, false, false);
		}

	}

}
