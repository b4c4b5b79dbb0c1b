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
 * Two callbacks for each tile, run after the collector has taken it: one counts it, the
 * other throws for as long as that is switched on, to show what becomes of an error in a
 * callback.
 * <p>
 * A callback runs only while its reference is held, so the references are held here until
 * they have run. They know a tile's serial number, never its image.
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
			.description("Tiles whose callback has run after the collector took them")
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
	 * @param failing whether the callbacks of tiles that go from now on fail
	 */
	public void setFailing(boolean failing) {
		this.failingOn = failing;
	}

	/**
	 * Without a stack, for there may be hundreds of them in the log.
	 */
	private static final class FailureOnPurpose extends RuntimeException {

		private static final long serialVersionUID = 1L;

		FailureOnPurpose(long serial) {
			super("The callback of tile no. " + serial + " fails on purpose", null, false, false);
		}

	}

}
