package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.weakref.collection.WeakKeyDictionary;

import org.springframework.stereotype.Component;

/**
 * The renderings of all live images.
 */
@Component
public class TileImages {

	private final WeakKeyDictionary<BufferedImage, Rendering> renderings;

	private final Farewells farewells;

	private final AtomicLong lastSerial = new AtomicLong();

	TileImages(WeakKeyDictionary<BufferedImage, Rendering> renderings, Farewells farewells) {
		this.renderings = renderings;
		this.farewells = farewells;
	}

	void add(BufferedImage image, Origin origin, Duration took, byte[] png) {
		long serial = this.lastSerial.incrementAndGet();
		this.renderings.put(image, new Rendering(serial, origin, took, png));
		this.farewells.expect(serial, image);
	}

	/**
	 * Return the rendering of an image.
	 * @param image the image, one of a tile
	 * @return its rendering
	 */
	public Rendering of(BufferedImage image) {
		return Objects.requireNonNull(this.renderings.get(image), "The image does not belong to a tile");
	}

	/**
	 * Return all live images, the most recently used first.
	 */
	Stream<BufferedImage> lastUsedFirst() {
		long now = System.nanoTime();
		return this.renderings.entrySet()
			.stream()
			// Copied, because the time of use can change during the sort.
			.map((entry) -> new Use(entry.getKey(), now - entry.getValue().usedAt()))
			.sorted(Comparator.comparingLong(Use::age))
			.map(Use::image);
	}

	private record Use(BufferedImage image, long age) {
	}

}
