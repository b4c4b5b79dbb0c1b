package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakValueDictionary;

import org.springframework.stereotype.Component;

/**
 * Every tile there is. A tile is rendered when first asked for and shared by all who ask
 * after that; once nobody holds it any more the collector takes it, and whoever asks then
 * gets a new rendering. There is nothing here to evict, to expire or to size.
 */
@Component
public class Atlas {

	private final WeakValueDictionary<TileId, BufferedImage> tiles;

	private final WeakKeyDictionary<BufferedImage, Rendering> renderings;

	private final Farewells farewells;

	private final Timer timer;

	private final MandelbrotRenderer renderer = new MandelbrotRenderer();

	private final AtomicLong lastSerial = new AtomicLong();

	Atlas(WeakValueDictionary<TileId, BufferedImage> tiles, WeakKeyDictionary<BufferedImage, Rendering> renderings,
			Farewells farewells, MeterRegistry meters) {
		this.tiles = tiles;
		this.renderings = renderings;
		this.farewells = farewells;
		this.timer = Timer.builder("sample.tile.rendering").description("Rendering of tiles").register(meters);
	}

	/**
	 * Return a tile, rendered if need be. Different tiles are rendered side by side, one
	 * tile by one caller only.
	 * @param id the tile's name
	 * @return the tile
	 */
	public Tile tile(TileId id) {
		AtomicBoolean rendered = new AtomicBoolean();
		BufferedImage image = this.tiles.computeIfAbsent(id, (key) -> {
			rendered.set(true);
			return render(key);
		});
		return new Tile(id, image, rendering(image), !rendered.get());
	}

	/**
	 * Return what is known of an image that this atlas made.
	 * @param image the image
	 * @return its rendering
	 */
	public Rendering rendering(BufferedImage image) {
		return Objects.requireNonNull(this.renderings.get(image), "The image is from another atlas");
	}

	private BufferedImage render(TileId id) {
		long start = System.nanoTime();
		BufferedImage image = this.renderer.render(id);
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		this.timer.record(took);
		long serial = this.lastSerial.incrementAndGet();
		this.renderings.put(image, new Rendering(serial, took, png(image)));
		this.farewells.expect(serial, image);
		return image;
	}

	private static byte[] png(BufferedImage image) {
		ByteArrayOutputStream png = new ByteArrayOutputStream(1 << 16);
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(png)) {
			ImageIO.write(image, "png", stream);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return png.toByteArray();
	}

}
